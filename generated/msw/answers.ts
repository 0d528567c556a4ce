/** Generated from the API document; see configs/generate/msw.ts. */

/** Per operation: where it is, and what it answers, by status. */
export const operations = {
  "createTask": {
    "method": "post",
    "path": "/v1/tasks",
    "usual": 202,
    "answers": {
      200: {
        "type": "application/json",
        "headers": {
          "Idempotent-Replayed": "true"
        },
        "body": {
          "task": {
            "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
            "conversation_id": "release-notes",
            "sender": "local",
            "intent": "research.topic",
            "requested_runtime": "research",
            "resolved_runtime": "research",
            "runtime_options": {},
            "payload": {
              "text": "Summarize the last release."
            },
            "payload_artifact_id": null,
            "status": "completed",
            "delivery": {
              "mode": "stream",
              "launch_if_down": true,
              "timeout_ms": 3600000,
              "question_timeout_ms": 86400000,
              "queue_timeout_ms": 3600000,
              "wait_ms": 600000,
              "when_offline": "fail"
            },
            "trace": {
              "trace_id": "0af7651916cd43dd8448eb211c80319c",
              "parent_task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D2"
            },
            "metadata": {},
            "remote": {
              "binding": "acp_client_stdio"
            },
            "awaiting": [],
            "last_error": null,
            "result": {
              "text": "The release has three parts.",
              "stop_reason": "end_turn"
            },
            "result_artifact_id": null,
            "usage": {
              "input_tokens": 812,
              "output_tokens": 64,
              "source": "reported"
            },
            "created_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z",
            "finished_at": "2026-11-23T09:30:00.000Z"
          },
          "links": {
            "self": "/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
            "events": "/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3/events"
          }
        }
      },
      202: {
        "type": "application/json",
        "headers": {
          "Idempotent-Replayed": "true"
        },
        "body": {
          "task": {
            "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
            "conversation_id": "release-notes",
            "sender": "local",
            "intent": "research.topic",
            "requested_runtime": "research",
            "resolved_runtime": "research",
            "runtime_options": {},
            "payload": {
              "text": "Summarize the last release."
            },
            "payload_artifact_id": null,
            "status": "completed",
            "delivery": {
              "mode": "stream",
              "launch_if_down": true,
              "timeout_ms": 3600000,
              "question_timeout_ms": 86400000,
              "queue_timeout_ms": 3600000,
              "wait_ms": 600000,
              "when_offline": "fail"
            },
            "trace": {
              "trace_id": "0af7651916cd43dd8448eb211c80319c",
              "parent_task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D2"
            },
            "metadata": {},
            "remote": {
              "binding": "acp_client_stdio"
            },
            "awaiting": [],
            "last_error": null,
            "result": {
              "text": "The release has three parts.",
              "stop_reason": "end_turn"
            },
            "result_artifact_id": null,
            "usage": {
              "input_tokens": 812,
              "output_tokens": 64,
              "source": "reported"
            },
            "created_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z",
            "finished_at": "2026-11-23T09:30:00.000Z"
          },
          "links": {
            "self": "/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
            "events": "/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3/events"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:target_not_found",
          "title": "There is no such target",
          "status": 404,
          "code": "target_not_found",
          "detail": "There is no such target.",
          "error": "There is no such target.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:route_ambiguous",
          "title": "More than one target serves this intent",
          "status": 409,
          "code": "route_ambiguous",
          "detail": "More than one target serves this intent.",
          "error": "More than one target serves this intent.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      422: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:target_cannot_satisfy_intent",
          "title": "The target does not offer this intent",
          "status": 422,
          "code": "target_cannot_satisfy_intent",
          "detail": "The target does not offer this intent.",
          "error": "The target does not offer this intent.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      429: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:queue_full",
          "title": "The target's queue is full",
          "status": 429,
          "code": "queue_full",
          "detail": "The target's queue is full.",
          "error": "The target's queue is full.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listTasks": {
    "method": "get",
    "path": "/v1/tasks",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "tasks": [
            {
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "conversation_id": "release-notes",
              "sender": "local",
              "intent": "research.topic",
              "requested_runtime": "research",
              "resolved_runtime": "research",
              "runtime_options": {},
              "payload": {
                "text": "Summarize the last release."
              },
              "payload_artifact_id": null,
              "status": "completed",
              "delivery": {
                "mode": "stream",
                "launch_if_down": true,
                "timeout_ms": 3600000,
                "question_timeout_ms": 86400000,
                "queue_timeout_ms": 3600000,
                "wait_ms": 600000,
                "when_offline": "fail"
              },
              "trace": {
                "trace_id": "0af7651916cd43dd8448eb211c80319c",
                "parent_task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D2"
              },
              "metadata": {},
              "remote": {
                "binding": "acp_client_stdio"
              },
              "awaiting": [],
              "last_error": null,
              "result": {
                "text": "The release has three parts.",
                "stop_reason": "end_turn"
              },
              "result_artifact_id": null,
              "usage": {
                "input_tokens": 812,
                "output_tokens": 64,
                "source": "reported"
              },
              "created_at": "2026-11-23T09:30:00.000Z",
              "updated_at": "2026-11-23T09:30:00.000Z",
              "finished_at": "2026-11-23T09:30:00.000Z"
            }
          ],
          "next_cursor": null
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getTask": {
    "method": "get",
    "path": "/v1/tasks/:task_id",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "conversation_id": "release-notes",
          "sender": "local",
          "intent": "research.topic",
          "requested_runtime": "research",
          "resolved_runtime": "research",
          "runtime_options": {},
          "payload": {
            "text": "Summarize the last release."
          },
          "payload_artifact_id": null,
          "status": "completed",
          "delivery": {
            "mode": "stream",
            "launch_if_down": true,
            "timeout_ms": 3600000,
            "question_timeout_ms": 86400000,
            "queue_timeout_ms": 3600000,
            "wait_ms": 600000,
            "when_offline": "fail"
          },
          "trace": {
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "parent_task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D2"
          },
          "metadata": {},
          "remote": {
            "binding": "acp_client_stdio"
          },
          "awaiting": [],
          "last_error": null,
          "result": {
            "text": "The release has three parts.",
            "stop_reason": "end_turn"
          },
          "result_artifact_id": null,
          "usage": {
            "input_tokens": 812,
            "output_tokens": 64,
            "source": "reported"
          },
          "created_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z",
          "finished_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:task_not_found",
          "title": "There is no such task",
          "status": 404,
          "code": "task_not_found",
          "detail": "There is no such task.",
          "error": "There is no such task.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getTaskTree": {
    "method": "get",
    "path": "/v1/tasks/:task_id/tree",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "tasks": [
            {
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "parent_task_id": null,
              "depth": 0,
              "sender": "local",
              "origin_task_id": null,
              "destination_task_id": null,
              "resolved_runtime": "research",
              "intent": "research.topic",
              "status": "completed",
              "last_error": null,
              "usage": {
                "input_tokens": 812,
                "output_tokens": 64,
                "source": "reported"
              },
              "created_at": "2026-11-23T09:30:00.000Z",
              "finished_at": "2026-11-23T09:30:00.000Z"
            }
          ],
          "usage": {
            "input_tokens": 1624,
            "output_tokens": 128,
            "cost_usd": 0.02,
            "unknown": {
              "input_tokens": 0,
              "output_tokens": 0,
              "cost_usd": 2
            }
          },
          "truncated": false
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:task_not_found",
          "title": "There is no such task",
          "status": 404,
          "code": "task_not_found",
          "detail": "There is no such task.",
          "error": "There is no such task.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "streamTaskEvents": {
    "method": "get",
    "path": "/v1/tasks/:task_id/events",
    "usual": 200,
    "answers": {
      200: {
        "type": "text/event-stream",
        "json": {
          "events": [
            {
              "event_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "seq": 1,
              "kind": "task.created",
              "state": "created",
              "source": "core",
              "data": {},
              "created_at": "2026-11-23T09:30:00.000Z"
            },
            {
              "event_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "seq": 2,
              "kind": "task.routed",
              "state": "created",
              "source": "core",
              "data": {
                "resolved_runtime": "research",
                "runtime_options": {},
                "why": "the caller named research"
              },
              "created_at": "2026-11-23T09:30:00.000Z"
            },
            {
              "event_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "seq": 3,
              "kind": "runtime.ready",
              "state": "ready",
              "source": "core",
              "data": {},
              "created_at": "2026-11-23T09:30:00.000Z"
            },
            {
              "event_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "seq": 4,
              "kind": "task.dispatching",
              "state": "dispatching",
              "source": "core",
              "data": {},
              "created_at": "2026-11-23T09:30:00.000Z"
            },
            {
              "event_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "seq": 5,
              "kind": "task.running",
              "state": "running",
              "source": "core",
              "data": {
                "continuity_reason": "no session yet"
              },
              "created_at": "2026-11-23T09:30:00.000Z"
            },
            {
              "event_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "seq": 6,
              "kind": "task.progress",
              "state": "running",
              "source": "core",
              "data": {
                "type": "message",
                "text": "The release"
              },
              "created_at": "2026-11-23T09:30:00.000Z"
            },
            {
              "event_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "seq": 7,
              "kind": "task.completed",
              "state": "completed",
              "source": "core",
              "data": {
                "result": {
                  "text": "The release has three parts."
                }
              },
              "created_at": "2026-11-23T09:30:00.000Z"
            }
          ]
        }
      },
      204: {},
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:task_not_found",
          "title": "There is no such task",
          "status": 404,
          "code": "task_not_found",
          "detail": "There is no such task.",
          "error": "There is no such task.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "resumeTask": {
    "method": "post",
    "path": "/v1/tasks/:task_id/resume",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "status": "completed"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:task_not_found",
          "title": "There is no such task",
          "status": 404,
          "code": "task_not_found",
          "detail": "There is no such task.",
          "error": "There is no such task.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:not_awaiting_input",
          "title": "The task asks for nothing",
          "status": 409,
          "code": "not_awaiting_input",
          "detail": "The task asks for nothing.",
          "error": "The task asks for nothing.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      422: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:answer_rejected",
          "title": "The answer does not fit the question",
          "status": 422,
          "code": "answer_rejected",
          "detail": "The answer does not fit the question.",
          "error": "The answer does not fit the question.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "cancelTask": {
    "method": "post",
    "path": "/v1/tasks/:task_id/cancel",
    "usual": 202,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "status": "completed"
        }
      },
      202: {
        "type": "application/json",
        "body": {
          "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "status": "completed"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:task_not_found",
          "title": "There is no such task",
          "status": 404,
          "code": "task_not_found",
          "detail": "There is no such task.",
          "error": "There is no such task.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "streamEvents": {
    "method": "get",
    "path": "/v1/events",
    "usual": 200,
    "answers": {
      200: {
        "type": "text/event-stream"
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      410: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:position_gone",
          "title": "That position is older than what is kept",
          "status": 410,
          "code": "position_gone",
          "detail": "That position is older than what is kept.",
          "error": "That position is older than what is kept.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "registerAgent": {
    "method": "post",
    "path": "/v1/agents/register",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "agent": {
            "agent_id": "research",
            "display_name": "Editor",
            "transport_kind": "local_managed",
            "runtime_kind": "hermes",
            "runtime_id": "editor-1",
            "adapter": "acp",
            "dialect": "generic",
            "capabilities": [
              "text.edit"
            ],
            "sticky_mode": "conversation",
            "metadata": {},
            "lease_ttl_seconds": 300,
            "status": "online",
            "registered_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z",
            "last_seen_at": "2026-11-23T09:30:00.000Z",
            "lease_expires_at": "2026-11-23T09:30:00.000Z",
            "endpoint": "http://127.0.0.1:9102",
            "healthcheck": "/ping"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:name_taken",
          "title": "Another participant has this name",
          "status": 409,
          "code": "name_taken",
          "detail": "Another participant has this name.",
          "error": "Another participant has this name.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "heartbeatAgent": {
    "method": "post",
    "path": "/v1/agents/:agent_id/heartbeat",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "agent": {
            "agent_id": "research",
            "display_name": "Editor",
            "transport_kind": "local_managed",
            "runtime_kind": "hermes",
            "runtime_id": "editor-1",
            "adapter": "acp",
            "dialect": "generic",
            "capabilities": [
              "text.edit"
            ],
            "sticky_mode": "conversation",
            "metadata": {},
            "lease_ttl_seconds": 300,
            "status": "online",
            "registered_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z",
            "last_seen_at": "2026-11-23T09:30:00.000Z",
            "lease_expires_at": "2026-11-23T09:30:00.000Z",
            "endpoint": "http://127.0.0.1:9102",
            "healthcheck": "/ping"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:agent_not_found",
          "title": "There is no such agent",
          "status": 404,
          "code": "agent_not_found",
          "detail": "There is no such agent.",
          "error": "There is no such agent.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listAgents": {
    "method": "get",
    "path": "/v1/agents",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "agents": [
            {
              "agent_id": "research",
              "display_name": "Editor",
              "transport_kind": "local_managed",
              "runtime_kind": "hermes",
              "runtime_id": "editor-1",
              "adapter": "acp",
              "dialect": "generic",
              "capabilities": [
                "text.edit"
              ],
              "sticky_mode": "conversation",
              "metadata": {},
              "lease_ttl_seconds": 300,
              "status": "online",
              "registered_at": "2026-11-23T09:30:00.000Z",
              "updated_at": "2026-11-23T09:30:00.000Z",
              "last_seen_at": "2026-11-23T09:30:00.000Z",
              "lease_expires_at": "2026-11-23T09:30:00.000Z",
              "endpoint": "http://127.0.0.1:9102",
              "healthcheck": "/ping"
            }
          ]
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getAgent": {
    "method": "get",
    "path": "/v1/agents/:agent_id",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "agent_id": "research",
          "display_name": "Editor",
          "transport_kind": "local_managed",
          "runtime_kind": "hermes",
          "runtime_id": "editor-1",
          "adapter": "acp",
          "dialect": "generic",
          "capabilities": [
            "text.edit"
          ],
          "sticky_mode": "conversation",
          "metadata": {},
          "lease_ttl_seconds": 300,
          "status": "online",
          "registered_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z",
          "last_seen_at": "2026-11-23T09:30:00.000Z",
          "lease_expires_at": "2026-11-23T09:30:00.000Z",
          "endpoint": "http://127.0.0.1:9102",
          "healthcheck": "/ping"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:agent_not_found",
          "title": "There is no such agent",
          "status": 404,
          "code": "agent_not_found",
          "detail": "There is no such agent.",
          "error": "There is no such agent.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "unregisterAgent": {
    "method": "post",
    "path": "/v1/agents/:agent_id/unregister",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "agent_id": "research",
          "status": "offline"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:agent_not_found",
          "title": "There is no such agent",
          "status": 404,
          "code": "agent_not_found",
          "detail": "There is no such agent.",
          "error": "There is no such agent.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "createThread": {
    "method": "post",
    "path": "/v1/threads",
    "usual": 201,
    "answers": {
      201: {
        "type": "application/json",
        "body": {
          "thread": {
            "thread_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
            "agent_a_id": "writer",
            "agent_b_id": "critic",
            "status": "completed",
            "continuity_key": "writer:critic",
            "last_actor_agent_id": "writer",
            "last_target_agent_id": "critic",
            "metadata": {},
            "created_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z"
          },
          "links": {
            "self": "/v1/threads/01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
            "turns": "/v1/threads/01KAT3Q4V5W6X7Y8Z9A0B1C2D8/turns"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:participant_not_found",
          "title": "There is no such participant",
          "status": 404,
          "code": "participant_not_found",
          "detail": "There is no such participant.",
          "error": "There is no such participant.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      422: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_participants",
          "title": "Those are not the two of a thread",
          "status": 422,
          "code": "invalid_participants",
          "detail": "Those are not the two of a thread.",
          "error": "Those are not the two of a thread.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listThreads": {
    "method": "get",
    "path": "/v1/threads",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "threads": [
            {
              "thread_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
              "agent_a_id": "writer",
              "agent_b_id": "critic",
              "status": "completed",
              "continuity_key": "writer:critic",
              "last_actor_agent_id": "writer",
              "last_target_agent_id": "critic",
              "metadata": {},
              "created_at": "2026-11-23T09:30:00.000Z",
              "updated_at": "2026-11-23T09:30:00.000Z"
            }
          ],
          "next_cursor": null
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getThread": {
    "method": "get",
    "path": "/v1/threads/:thread_id",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "thread_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
          "agent_a_id": "writer",
          "agent_b_id": "critic",
          "status": "completed",
          "continuity_key": "writer:critic",
          "last_actor_agent_id": "writer",
          "last_target_agent_id": "critic",
          "metadata": {},
          "created_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:thread_not_found",
          "title": "There is no such thread",
          "status": 404,
          "code": "thread_not_found",
          "detail": "There is no such thread.",
          "error": "There is no such thread.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "inspectThread": {
    "method": "get",
    "path": "/v1/threads/:thread_id/inspect",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "thread": {
            "thread_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
            "agent_a_id": "writer",
            "agent_b_id": "critic",
            "status": "completed",
            "continuity_key": "writer:critic",
            "last_actor_agent_id": "writer",
            "last_target_agent_id": "critic",
            "metadata": {},
            "created_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z"
          },
          "turns": [
            {
              "thread_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
              "turn_index": 1,
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "sender_agent_id": "writer",
              "target_agent_id": "critic",
              "target_owner": "local",
              "remote_peer_id": "build",
              "status": "completed",
              "created_at": "2026-11-23T09:30:00.000Z",
              "updated_at": "2026-11-23T09:30:00.000Z"
            }
          ],
          "next_cursor": null,
          "participants": [
            {
              "agent_id": "writer",
              "owner": "local",
              "peer_id": "build"
            }
          ],
          "continuity": [
            {
              "agent_id": "critic",
              "session_bindings": [
                {
                  "target_id": "critic",
                  "subcontext_key": "default",
                  "sticky_key": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
                  "adapter": "acp",
                  "remote_session_id": "sess-7",
                  "metadata": {},
                  "created_at": "2026-11-23T09:30:00.000Z",
                  "updated_at": "2026-11-23T09:30:00.000Z",
                  "last_used_at": "2026-11-23T09:30:00.000Z",
                  "last_activity_at": "2026-11-23T09:30:00.000Z"
                }
              ]
            }
          ],
          "next_continue": {
            "sender_agent_id": "critic",
            "target_agent_id": "writer",
            "will_reuse_remote_session": true
          },
          "hand_off": {
            "turns_left": 3,
            "ended": "next"
          },
          "interruption_reason": "the node ended in mid-turn, and the runtime's process with it"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:thread_not_found",
          "title": "There is no such thread",
          "status": 404,
          "code": "thread_not_found",
          "detail": "There is no such thread.",
          "error": "There is no such thread.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listThreadTurns": {
    "method": "get",
    "path": "/v1/threads/:thread_id/turns",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "turns": [
            {
              "thread_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
              "turn_index": 1,
              "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "sender_agent_id": "writer",
              "target_agent_id": "critic",
              "target_owner": "local",
              "remote_peer_id": "build",
              "status": "completed",
              "created_at": "2026-11-23T09:30:00.000Z",
              "updated_at": "2026-11-23T09:30:00.000Z"
            }
          ],
          "next_cursor": null
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:thread_not_found",
          "title": "There is no such thread",
          "status": 404,
          "code": "thread_not_found",
          "detail": "There is no such thread.",
          "error": "There is no such thread.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "continueThread": {
    "method": "post",
    "path": "/v1/threads/:thread_id/continue",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "task": {
            "task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
            "conversation_id": "release-notes",
            "sender": "local",
            "intent": "research.topic",
            "requested_runtime": "research",
            "resolved_runtime": "research",
            "runtime_options": {},
            "payload": {
              "text": "Summarize the last release."
            },
            "payload_artifact_id": null,
            "status": "completed",
            "delivery": {
              "mode": "stream",
              "launch_if_down": true,
              "timeout_ms": 3600000,
              "question_timeout_ms": 86400000,
              "queue_timeout_ms": 3600000,
              "wait_ms": 600000,
              "when_offline": "fail"
            },
            "trace": {
              "trace_id": "0af7651916cd43dd8448eb211c80319c",
              "parent_task_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D2"
            },
            "metadata": {},
            "remote": {
              "binding": "acp_client_stdio"
            },
            "awaiting": [],
            "last_error": null,
            "result": {
              "text": "The release has three parts.",
              "stop_reason": "end_turn"
            },
            "result_artifact_id": null,
            "usage": {
              "input_tokens": 812,
              "output_tokens": 64,
              "source": "reported"
            },
            "created_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z",
            "finished_at": "2026-11-23T09:30:00.000Z"
          },
          "thread_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D8",
          "links": {
            "self": "/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
            "events": "/v1/tasks/01KAT3Q4V5W6X7Y8Z9A0B1C2D3/events"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:thread_not_found",
          "title": "There is no such thread",
          "status": 404,
          "code": "thread_not_found",
          "detail": "There is no such thread.",
          "error": "There is no such thread.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:thread_busy",
          "title": "The thread has an open turn",
          "status": 409,
          "code": "thread_busy",
          "detail": "The thread has an open turn.",
          "error": "The thread has an open turn.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      422: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_participants",
          "title": "Those are not the two of a thread",
          "status": 422,
          "code": "invalid_participants",
          "detail": "Those are not the two of a thread.",
          "error": "Those are not the two of a thread.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      429: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:queue_full",
          "title": "The target's queue is full",
          "status": 429,
          "code": "queue_full",
          "detail": "The target's queue is full.",
          "error": "The target's queue is full.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listTargets": {
    "method": "get",
    "path": "/v1/targets",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "targets": [
            {
              "target_id": "research",
              "runtime_id": "research",
              "display_name": "Research",
              "adapter": "acp",
              "dialect": "hermes",
              "launch": {
                "mode": "managed"
              },
              "capabilities": [
                "research.topic"
              ],
              "owner": "local",
              "source": "registry"
            }
          ]
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getTargetHealth": {
    "method": "get",
    "path": "/v1/targets/:target_id/health",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "runtime_id": "research",
          "healthy": true,
          "details": {
            "state": "up"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:target_not_found",
          "title": "There is no such target",
          "status": 404,
          "code": "target_not_found",
          "detail": "There is no such target.",
          "error": "There is no such target.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "startTarget": {
    "method": "post",
    "path": "/v1/targets/:target_id/start",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "runtime_id": "research",
          "started": true,
          "lease_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "process_id": 4711
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:target_not_found",
          "title": "There is no such target",
          "status": 404,
          "code": "target_not_found",
          "detail": "There is no such target.",
          "error": "There is no such target.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      502: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:launch_failed",
          "title": "The runtime could not be started",
          "status": 502,
          "code": "launch_failed",
          "detail": "The runtime could not be started.",
          "error": "The runtime could not be started.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "stopTarget": {
    "method": "post",
    "path": "/v1/targets/:target_id/stop",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "runtime_id": "research",
          "stopped": true
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:target_not_found",
          "title": "There is no such target",
          "status": 404,
          "code": "target_not_found",
          "detail": "There is no such target.",
          "error": "There is no such target.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:runtime_busy",
          "title": "The runtime has open tasks",
          "status": 409,
          "code": "runtime_busy",
          "detail": "The runtime has open tasks.",
          "error": "The runtime has open tasks.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listRuntimes": {
    "method": "get",
    "path": "/v1/runtimes",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "runtimes": [
            {
              "target_id": "research",
              "runtime_id": "research",
              "display_name": "Research",
              "adapter": "acp",
              "dialect": "hermes",
              "launch": {
                "mode": "managed"
              },
              "capabilities": [
                "research.topic"
              ],
              "owner": "local",
              "source": "registry"
            }
          ]
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getRuntimeHealth": {
    "method": "get",
    "path": "/v1/runtimes/:runtime_id/health",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "runtime_id": "research",
          "healthy": true,
          "details": {
            "state": "up"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:runtime_not_found",
          "title": "There is no such runtime",
          "status": 404,
          "code": "runtime_not_found",
          "detail": "There is no such runtime.",
          "error": "There is no such runtime.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "startRuntime": {
    "method": "post",
    "path": "/v1/runtimes/:runtime_id/start",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "runtime_id": "research",
          "started": true,
          "lease_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "process_id": 4711
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:runtime_not_found",
          "title": "There is no such runtime",
          "status": 404,
          "code": "runtime_not_found",
          "detail": "There is no such runtime.",
          "error": "There is no such runtime.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      502: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:launch_failed",
          "title": "The runtime could not be started",
          "status": 502,
          "code": "launch_failed",
          "detail": "The runtime could not be started.",
          "error": "The runtime could not be started.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "stopRuntime": {
    "method": "post",
    "path": "/v1/runtimes/:runtime_id/stop",
    "usual": 202,
    "answers": {
      202: {
        "type": "application/json",
        "body": {
          "runtime_id": "research",
          "stopped": true
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:runtime_not_found",
          "title": "There is no such runtime",
          "status": 404,
          "code": "runtime_not_found",
          "detail": "There is no such runtime.",
          "error": "There is no such runtime.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:runtime_busy",
          "title": "The runtime has open tasks",
          "status": 409,
          "code": "runtime_busy",
          "detail": "The runtime has open tasks.",
          "error": "The runtime has open tasks.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listLaunches": {
    "method": "get",
    "path": "/v1/runtimes/:runtime_id/launches",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "launches": [
            {
              "launch_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "runtime_id": "research",
              "subcontext_key": "default",
              "command": [
                "hermes-acp"
              ],
              "pid": 4711,
              "started_at_os": "81726354",
              "status": "ready",
              "error_text": "hermes-acp exited with code 1 before it was ready",
              "started_at": "2026-11-23T09:30:00.000Z",
              "ended_at": "2026-11-23T09:30:00.000Z"
            }
          ],
          "next_cursor": null
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:runtime_not_found",
          "title": "There is no such runtime",
          "status": 404,
          "code": "runtime_not_found",
          "detail": "There is no such runtime.",
          "error": "There is no such runtime.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "probeRuntime": {
    "method": "post",
    "path": "/v1/runtimes/:runtime_id/probe",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "runtime_id": "research",
          "command_found": true,
          "name": "hermes-agent",
          "version": "0.19.0",
          "capabilities": {},
          "auth_methods": [
            {
              "id": "api-key",
              "name": "API key",
              "description": "Set HERMES_API_KEY"
            }
          ],
          "companions": [
            {
              "name": "gateway",
              "healthy": true
            }
          ],
          "error": "command not found: hermes-acp"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:runtime_not_found",
          "title": "There is no such runtime",
          "status": 404,
          "code": "runtime_not_found",
          "detail": "There is no such runtime.",
          "error": "There is no such runtime.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "reloadRegistry": {
    "method": "post",
    "path": "/v1/registry/reload",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "targets": [
            "research",
            "echo"
          ],
          "added": [
            "echo"
          ],
          "changed": [],
          "removed": []
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      422: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:registry_invalid",
          "title": "The registry has mistakes",
          "status": 422,
          "code": "registry_invalid",
          "detail": "The registry has mistakes.",
          "error": "The registry has mistakes.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getArtifact": {
    "method": "get",
    "path": "/artifacts/:artifact_id",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/octet-stream",
        "headers": {
          "ETag": "\"9f86d081884c7d65\"",
          "Accept-Ranges": "bytes"
        },
        "body": "# Release notes\n"
      },
      206: {
        "type": "application/octet-stream",
        "headers": {
          "ETag": "\"9f86d081884c7d65\"",
          "Accept-Ranges": "bytes",
          "Content-Range": "bytes 0-1023/4096"
        },
        "body": "# Release notes\n"
      },
      304: {
        "headers": {
          "ETag": "\"9f86d081884c7d65\""
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:artifact_not_found",
          "title": "There is no such artifact",
          "status": 404,
          "code": "artifact_not_found",
          "detail": "There is no such artifact.",
          "error": "There is no such artifact.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      416: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:range_not_satisfiable",
          "title": "The range lies outside the artifact",
          "status": 416,
          "code": "range_not_satisfiable",
          "detail": "The range lies outside the artifact.",
          "error": "The range lies outside the artifact.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:artifact_corrupt",
          "title": "The artifact's bytes are damaged",
          "status": 500,
          "code": "artifact_corrupt",
          "detail": "The artifact's bytes are damaged.",
          "error": "The artifact's bytes are damaged.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "createToken": {
    "method": "post",
    "path": "/v1/tokens",
    "usual": 201,
    "answers": {
      201: {
        "type": "application/json",
        "body": {
          "token": "alink_…",
          "record": {
            "token_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
            "role": "reader",
            "name": "dashboard",
            "created_at": "2026-11-23T09:30:00.000Z"
          }
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listTokens": {
    "method": "get",
    "path": "/v1/tokens",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "tokens": [
            {
              "token_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
              "role": "reader",
              "name": "dashboard",
              "created_at": "2026-11-23T09:30:00.000Z"
            }
          ]
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "revokeToken": {
    "method": "delete",
    "path": "/v1/tokens/:token_id",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "token_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D3",
          "role": "reader",
          "name": "dashboard",
          "created_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:token_not_found",
          "title": "There is no such token",
          "status": 404,
          "code": "token_not_found",
          "detail": "There is no such token.",
          "error": "There is no such token.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:token_in_use",
          "title": "The node's own token can't be revoked",
          "status": 409,
          "code": "token_in_use",
          "detail": "The node's own token can't be revoked.",
          "error": "The node's own token can't be revoked.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "addPeer": {
    "method": "post",
    "path": "/v1/peers",
    "usual": 201,
    "answers": {
      201: {
        "type": "application/json",
        "body": {
          "peer_id": "build",
          "display_name": "Build machine",
          "base_url": "https://build.example:7777",
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "trust": "trusted",
          "status": "online",
          "status_reason": null,
          "capabilities": [
            "code.patch"
          ],
          "metadata": {},
          "registered_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z",
          "last_seen_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:name_taken",
          "title": "Another participant has this name",
          "status": 409,
          "code": "name_taken",
          "detail": "Another participant has this name.",
          "error": "Another participant has this name.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "listPeers": {
    "method": "get",
    "path": "/v1/peers",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "peers": [
            {
              "peer_id": "build",
              "display_name": "Build machine",
              "base_url": "https://build.example:7777",
              "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
              "trust": "trusted",
              "status": "online",
              "status_reason": null,
              "capabilities": [
                "code.patch"
              ],
              "metadata": {},
              "registered_at": "2026-11-23T09:30:00.000Z",
              "updated_at": "2026-11-23T09:30:00.000Z",
              "last_seen_at": "2026-11-23T09:30:00.000Z"
            }
          ]
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "syncPeer": {
    "method": "post",
    "path": "/v1/peers/:peer_id/sync",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "peer": {
            "peer_id": "build",
            "display_name": "Build machine",
            "base_url": "https://build.example:7777",
            "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "trust": "trusted",
            "status": "online",
            "status_reason": null,
            "capabilities": [
              "code.patch"
            ],
            "metadata": {},
            "registered_at": "2026-11-23T09:30:00.000Z",
            "updated_at": "2026-11-23T09:30:00.000Z",
            "last_seen_at": "2026-11-23T09:30:00.000Z"
          },
          "targets": [
            {
              "peer_id": "build",
              "target_id": "research",
              "display_name": "Research",
              "capabilities": [
                "research.topic"
              ],
              "metadata": {},
              "status": "available",
              "synced_at": "2026-11-23T09:30:00.000Z"
            }
          ]
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:peer_not_found",
          "title": "There is no such peer",
          "status": 404,
          "code": "peer_not_found",
          "detail": "There is no such peer.",
          "error": "There is no such peer.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      502: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:peer_unreachable",
          "title": "The other node does not answer",
          "status": 502,
          "code": "peer_unreachable",
          "detail": "The other node does not answer.",
          "error": "The other node does not answer.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "invitePeer": {
    "method": "post",
    "path": "/v1/peers/invite",
    "usual": 201,
    "answers": {
      201: {
        "type": "application/json",
        "body": {
          "code": "alink1_eyJ1cmwiOiJodHRwczovL2J1aWxkLmV4YW1wbGU6Nzc3NyJ9",
          "base_url": "https://build.example:7777",
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "expires_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "joinPeer": {
    "method": "post",
    "path": "/v1/peers/join",
    "usual": 201,
    "answers": {
      201: {
        "type": "application/json",
        "body": {
          "peer_id": "build",
          "display_name": "Build machine",
          "base_url": "https://build.example:7777",
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "trust": "trusted",
          "status": "online",
          "status_reason": null,
          "capabilities": [
            "code.patch"
          ],
          "metadata": {},
          "registered_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z",
          "last_seen_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:name_taken",
          "title": "Another participant has this name",
          "status": 409,
          "code": "name_taken",
          "detail": "Another participant has this name.",
          "error": "Another participant has this name.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      502: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:peer_unreachable",
          "title": "The other node does not answer",
          "status": 502,
          "code": "peer_unreachable",
          "detail": "The other node does not answer.",
          "error": "The other node does not answer.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "trustPeer": {
    "method": "post",
    "path": "/v1/peers/:peer_id/trust",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "peer_id": "build",
          "display_name": "Build machine",
          "base_url": "https://build.example:7777",
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "trust": "trusted",
          "status": "online",
          "status_reason": null,
          "capabilities": [
            "code.patch"
          ],
          "metadata": {},
          "registered_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z",
          "last_seen_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:peer_not_found",
          "title": "There is no such peer",
          "status": 404,
          "code": "peer_not_found",
          "detail": "There is no such peer.",
          "error": "There is no such peer.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:name_taken",
          "title": "Another participant has this name",
          "status": 409,
          "code": "name_taken",
          "detail": "Another participant has this name.",
          "error": "Another participant has this name.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      502: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:peer_unreachable",
          "title": "The other node does not answer",
          "status": 502,
          "code": "peer_unreachable",
          "detail": "The other node does not answer.",
          "error": "The other node does not answer.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "blockPeer": {
    "method": "post",
    "path": "/v1/peers/:peer_id/block",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "peer_id": "build",
          "display_name": "Build machine",
          "base_url": "https://build.example:7777",
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "trust": "trusted",
          "status": "online",
          "status_reason": null,
          "capabilities": [
            "code.patch"
          ],
          "metadata": {},
          "registered_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z",
          "last_seen_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:peer_not_found",
          "title": "There is no such peer",
          "status": 404,
          "code": "peer_not_found",
          "detail": "There is no such peer.",
          "error": "There is no such peer.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "removePeer": {
    "method": "delete",
    "path": "/v1/peers/:peer_id",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "peer_id": "build",
          "display_name": "Build machine",
          "base_url": "https://build.example:7777",
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "trust": "trusted",
          "status": "online",
          "status_reason": null,
          "capabilities": [
            "code.patch"
          ],
          "metadata": {},
          "registered_at": "2026-11-23T09:30:00.000Z",
          "updated_at": "2026-11-23T09:30:00.000Z",
          "last_seen_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      404: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:peer_not_found",
          "title": "There is no such peer",
          "status": 404,
          "code": "peer_not_found",
          "detail": "There is no such peer.",
          "error": "There is no such peer.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getNodeHealth": {
    "method": "get",
    "path": "/v1/node/health",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "ok": true,
          "protocol": "aethrolink.node.v1",
          "checked_at": "2026-11-23T09:30:00.000Z"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "pairNode": {
    "method": "post",
    "path": "/v1/node/pair",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
          "peer_id": "build",
          "display_name": "Build machine"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "rotateNode": {
    "method": "post",
    "path": "/v1/node/rotate",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "node_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      409: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:name_taken",
          "title": "Another participant has this name",
          "status": 409,
          "code": "name_taken",
          "detail": "Another participant has this name.",
          "error": "Another participant has this name.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      413: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:payload_too_large",
          "title": "The body is too large",
          "status": 413,
          "code": "payload_too_large",
          "detail": "The body is too large.",
          "error": "The body is too large.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      415: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:unsupported_media_type",
          "title": "The body must be application/json",
          "status": 415,
          "code": "unsupported_media_type",
          "detail": "The body must be application/json.",
          "error": "The body must be application/json.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "ping": {
    "method": "get",
    "path": "/ping",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "ok": true,
          "service": "aethrolink",
          "version": "0.1.0"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "healthz": {
    "method": "get",
    "path": "/healthz",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "ok": true
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      503: {
        "type": "application/problem+json",
        "headers": {
          "Retry-After": "5"
        },
        "body": {
          "type": "urn:aethrolink:error:unavailable",
          "title": "The node can't take this now",
          "status": 503,
          "code": "unavailable",
          "detail": "The node can't take this now.",
          "error": "The node can't take this now.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getOpenapi": {
    "method": "get",
    "path": "/openapi.json",
    "usual": 200,
    "answers": {
      200: {
        "type": "application/json",
        "body": {
          "openapi": "3.1.0"
        }
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getDocs": {
    "method": "get",
    "path": "/docs",
    "usual": 200,
    "answers": {
      200: {
        "type": "text/html",
        "body": "<!doctype html><title>AethroLink</title>"
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      500: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:internal",
          "title": "The node made a mistake",
          "status": 500,
          "code": "internal",
          "detail": "The node made a mistake.",
          "error": "The node made a mistake.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  },
  "getMetrics": {
    "method": "get",
    "path": "/metrics",
    "usual": 200,
    "answers": {
      200: {
        "type": "text/plain",
        "body": "aethrolink_tasks_open 0\n"
      },
      400: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:invalid_request",
          "title": "The request is not valid",
          "status": 400,
          "code": "invalid_request",
          "detail": "The request is not valid.",
          "error": "The request is not valid.",
          "errors": [
            {
              "path": "intent",
              "message": "is required"
            }
          ],
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      401: {
        "type": "application/problem+json",
        "headers": {
          "WWW-Authenticate": "Bearer realm=\"aethrolink\""
        },
        "body": {
          "type": "urn:aethrolink:error:unauthorized",
          "title": "A valid token is needed",
          "status": 401,
          "code": "unauthorized",
          "detail": "A valid token is needed.",
          "error": "A valid token is needed.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      403: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:forbidden",
          "title": "This token may not do that",
          "status": 403,
          "code": "forbidden",
          "detail": "This token may not do that.",
          "error": "This token may not do that.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      },
      421: {
        "type": "application/problem+json",
        "body": {
          "type": "urn:aethrolink:error:misdirected",
          "title": "This Host is not served here",
          "status": 421,
          "code": "misdirected",
          "detail": "This Host is not served here.",
          "error": "This Host is not served here.",
          "request_id": "01KAT3Q4V5W6X7Y8Z9A0B1C2D4"
        }
      }
    }
  }
} as const;

/** The history of a task, as both streams tell it. */
export const history = operations.streamTaskEvents.answers[200].json.events;
