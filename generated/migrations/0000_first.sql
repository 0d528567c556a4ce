CREATE TABLE `agents` (
	`agent_id` text PRIMARY KEY NOT NULL,
	`display_name` text NOT NULL,
	`transport_kind` text NOT NULL,
	`runtime_kind` text,
	`runtime_id` text,
	`endpoint` text,
	`adapter` text,
	`dialect` text,
	`healthcheck` text,
	`launch` text,
	`defaults` text NOT NULL,
	`capabilities` text NOT NULL,
	`sticky_mode` text,
	`metadata` text NOT NULL,
	`lease_ttl_seconds` integer NOT NULL,
	`registered_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`last_seen_at` text NOT NULL,
	`lease_expires_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `artifacts` (
	`artifact_id` text PRIMARY KEY NOT NULL,
	`task_id` text NOT NULL,
	`media_type` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `artifacts_by_task` ON `artifacts` (`task_id`);--> statement-breakpoint
CREATE TABLE `forgotten_position` (
	`id` integer PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `forgotten_tasks` (
	`task_id` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`principal` text NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`key` text NOT NULL,
	`body_sha256` text NOT NULL,
	`task_id` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`principal`, `method`, `path`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_age` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `launch_history` (
	`launch_id` text PRIMARY KEY NOT NULL,
	`runtime_id` text NOT NULL,
	`subcontext_key` text NOT NULL,
	`command` text NOT NULL,
	`pid` integer,
	`started_at_os` text,
	`status` text NOT NULL,
	`error_text` text,
	`started_at` text NOT NULL,
	`ended_at` text,
	FOREIGN KEY (`runtime_id`) REFERENCES `runtimes`(`runtime_id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `launch_history_open` ON `launch_history` (`launch_id`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `launch_history_by_runtime` ON `launch_history` (`runtime_id`,`launch_id`);--> statement-breakpoint
CREATE TABLE `node_tasks` (
	`pairing_id` text NOT NULL,
	`origin_proxy_task_id` text NOT NULL,
	`task_id` text NOT NULL,
	`chain` text NOT NULL,
	`accepted_at` text NOT NULL,
	PRIMARY KEY(`pairing_id`, `origin_proxy_task_id`),
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`task_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `node_tasks_of_task` ON `node_tasks` (`task_id`);--> statement-breakpoint
CREATE TABLE `peer_targets` (
	`peer_id` text NOT NULL,
	`target_id` text NOT NULL,
	`display_name` text NOT NULL,
	`capabilities` text NOT NULL,
	`metadata` text NOT NULL,
	`synced_at` text NOT NULL,
	PRIMARY KEY(`peer_id`, `target_id`),
	FOREIGN KEY (`peer_id`) REFERENCES `peers`(`peer_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `peers` (
	`peer_id` text PRIMARY KEY NOT NULL,
	`pairing_id` text NOT NULL,
	`display_name` text NOT NULL,
	`base_url` text NOT NULL,
	`node_id` text,
	`trust` text NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`capabilities` text NOT NULL,
	`metadata` text NOT NULL,
	`registered_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`last_seen_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `peers_by_key` ON `peers` (`node_id`) WHERE node_id LIKE 'did:key:%';--> statement-breakpoint
CREATE TABLE `remote_artifacts` (
	`artifact_id` text PRIMARY KEY NOT NULL,
	`task_id` text NOT NULL,
	`remote_artifact_id` text NOT NULL,
	`fetched` integer NOT NULL,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`task_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remote_artifacts_of_task` ON `remote_artifacts` (`task_id`);--> statement-breakpoint
CREATE TABLE `remote_task_bindings` (
	`task_id` text PRIMARY KEY NOT NULL,
	`peer_id` text NOT NULL,
	`pairing_id` text NOT NULL,
	`destination_node_id` text,
	`destination_task_id` text,
	`destination_thread_id` text,
	`status` text NOT NULL,
	`last_remote_seq` integer NOT NULL,
	`owes_cancel` integer DEFAULT false NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`task_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remote_task_bindings_owing` ON `remote_task_bindings` (`peer_id`) WHERE owes_cancel = 1;--> statement-breakpoint
CREATE TABLE `runtime_leases` (
	`lease_id` text PRIMARY KEY NOT NULL,
	`runtime_id` text NOT NULL,
	`subcontext_key` text NOT NULL,
	`process_id` integer,
	`metadata` text NOT NULL,
	`created_at` text NOT NULL,
	`released_at` text,
	FOREIGN KEY (`runtime_id`) REFERENCES `runtimes`(`runtime_id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `runtime_leases_held` ON `runtime_leases` (`runtime_id`) WHERE released_at IS NULL;--> statement-breakpoint
CREATE TABLE `runtimes` (
	`runtime_id` text PRIMARY KEY NOT NULL,
	`display_name` text NOT NULL,
	`adapter` text NOT NULL,
	`dialect` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `seen_signatures` (
	`jti` text NOT NULL,
	`iss` text NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`iss`, `jti`)
);
--> statement-breakpoint
CREATE INDEX `seen_signatures_age` ON `seen_signatures` (`until`);--> statement-breakpoint
CREATE TABLE `session_bindings` (
	`target_id` text NOT NULL,
	`subcontext_key` text NOT NULL,
	`sticky_key` text NOT NULL,
	`adapter` text NOT NULL,
	`remote_session_id` text NOT NULL,
	`metadata` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`last_used_at` text NOT NULL,
	`last_activity_at` text NOT NULL,
	PRIMARY KEY(`sticky_key`, `target_id`, `subcontext_key`)
);
--> statement-breakpoint
CREATE INDEX `session_bindings_age` ON `session_bindings` (`last_used_at`);--> statement-breakpoint
CREATE TABLE `task_events` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`event_id` text NOT NULL,
	`task_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`source` text NOT NULL,
	`message` text,
	`data` text NOT NULL,
	`created_at` text NOT NULL,
	`sender` text,
	`target` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `task_events_by_sender` ON `task_events` (`sender`,`position`) WHERE sender IS NOT NULL;--> statement-breakpoint
CREATE INDEX `task_events_by_target` ON `task_events` (`target`,`position`);--> statement-breakpoint
CREATE UNIQUE INDEX `task_events_seq` ON `task_events` (`task_id`,`seq`);--> statement-breakpoint
CREATE UNIQUE INDEX `task_events_end` ON `task_events` (`task_id`) WHERE kind = 'task.completed' OR kind = 'task.failed' OR kind = 'task.cancelled';--> statement-breakpoint
CREATE TABLE `tasks` (
	`task_id` text PRIMARY KEY NOT NULL,
	`thread_id` text,
	`conversation_id` text NOT NULL,
	`sender` text NOT NULL,
	`intent` text NOT NULL,
	`requested_runtime` text,
	`resolved_runtime` text NOT NULL,
	`runtime_options` text NOT NULL,
	`payload` text,
	`payload_artifact_id` text,
	`delivery` text NOT NULL,
	`trace` text NOT NULL,
	`parent_task_id` text,
	`metadata` text NOT NULL,
	`created_at` text NOT NULL,
	`status` text NOT NULL,
	`cancel` text,
	`last_seq` integer NOT NULL,
	`remote` text,
	`adapter_state` text,
	`awaiting` text NOT NULL,
	`last_error` text,
	`result` text,
	`result_artifact_id` text,
	`usage` text,
	`updated_at` text NOT NULL,
	`finished_at` text
);
--> statement-breakpoint
CREATE INDEX `tasks_by_status` ON `tasks` (`status`,`task_id`);--> statement-breakpoint
CREATE INDEX `tasks_by_target` ON `tasks` (`resolved_runtime`,`task_id`);--> statement-breakpoint
CREATE INDEX `tasks_by_sender` ON `tasks` (`sender`,`task_id`);--> statement-breakpoint
CREATE INDEX `tasks_by_conversation` ON `tasks` (`conversation_id`,`task_id`);--> statement-breakpoint
CREATE INDEX `tasks_by_parent` ON `tasks` (`parent_task_id`,`task_id`) WHERE parent_task_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_by_thread` ON `tasks` (`thread_id`,`task_id`) WHERE thread_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `thread_turns` (
	`thread_id` text NOT NULL,
	`turn_index` integer NOT NULL,
	`task_id` text NOT NULL,
	`sender_agent_id` text NOT NULL,
	`target_agent_id` text NOT NULL,
	`turns_left` integer NOT NULL,
	`plan` text,
	`hand_off_end` text,
	`hand_off_detail` text,
	PRIMARY KEY(`thread_id`, `turn_index`),
	FOREIGN KEY (`thread_id`) REFERENCES `threads`(`thread_id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`task_id`) REFERENCES `tasks`(`task_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `thread_turns_of_task` ON `thread_turns` (`task_id`);--> statement-breakpoint
CREATE INDEX `thread_turns_due` ON `thread_turns` (`thread_id`) WHERE turns_left > 0 AND hand_off_end IS NULL;--> statement-breakpoint
CREATE TABLE `threads` (
	`thread_id` text PRIMARY KEY NOT NULL,
	`agent_a_id` text NOT NULL,
	`agent_b_id` text NOT NULL,
	`continuity_key` text NOT NULL,
	`metadata` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `threads_of_a` ON `threads` (`agent_a_id`,`thread_id`);--> statement-breakpoint
CREATE INDEX `threads_of_b` ON `threads` (`agent_b_id`,`thread_id`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`token_id` text PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`name` text NOT NULL,
	`sha256` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_sha256_unique` ON `tokens` (`sha256`);