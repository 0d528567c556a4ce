"""Three of four requests name things that are there, so that they get behind the first look-up."""

import json
import os
from collections import Counter

import schemathesis
from schemathesis.core.parameters import ParameterLocation

SEEDED = json.loads(os.environ["SEEDED"])
QUESTIONS = SEEDED["questions"]
AGENTS = SEEDED["agents"]
calls = Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    keep_what_is_needed(case)
    keep_peers_apart(case)
    if case.operation.label == "POST /v1/agents/register" and case.meta is not None:
        fit_the_adapter(case)
    # A scenario of several calls names what its earlier calls have made.
    if case.meta is None or case.meta.phase.name.name == "STATEFUL":
        return
    calls[case.operation.label] += 1
    if calls[case.operation.label] % 4 > 0:
        name_what_is_there(case)


def keep_what_is_needed(case):
    """
    The run uses ids that it has seen in answers, too. It must not revoke the token that it comes with, nor
    end the task that asks, or its runtime.
    """
    others = {
        SEEDED["own_token_id"]: SEEDED["token_id"],
        SEEDED["asking"]: SEEDED["task_id"],
        SEEDED["asking_target"]: SEEDED["target_id"],
    }
    if case.operation.label == "POST /v1/agents/{agent_id}/unregister":
        others[SEEDED["agent_id"]] = AGENTS[0]
    for name, value in (case.path_parameters or {}).items():
        case.path_parameters[name] = others.get(value, value)


ALTERING = ("POST /v1/peers/{peer_id}/trust", "POST /v1/peers/{peer_id}/block", "DELETE /v1/peers/{peer_id}")


def keep_peers_apart(case):
    """The peer that answers stays as it is, addresses are those of this machine, and codes are real ones."""
    label, path = case.operation.label, case.path_parameters or {}
    if label in ALTERING and path.get("peer_id") == SEEDED["peer_id"]:
        path["peer_id"] = SEEDED["spare_peers"][0]
    meta = case.meta
    if not isinstance(case.body, dict) or (meta is not None and meta.is_negative_at(ParameterLocation.BODY)):
        return
    if case.body.get("peer_id") == SEEDED["peer_id"]:
        case.body["peer_id"] = "another"
    if case.body.get("base_url"):
        case.body["base_url"] = "https://127.0.0.1:9"
    if label == "POST /v1/peers/join":
        case.body.pop("peer_id", None)
        case.body["code"] = SEEDED["codes"].pop() if len(SEEDED["codes"]) > 1 else SEEDED["codes"][0]
    if label == "POST /v1/peers/{peer_id}/trust":
        case.body.pop("node_id", None)


def name_what_is_there(case):
    """In all parts of a request but those that are to be refused."""
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        for name in case.path_parameters or {}:
            case.path_parameters[name] = SEEDED.get(name, case.path_parameters[name])
        if case.operation.label in ALTERING:
            spare = SEEDED["spare_peers"]
            case.path_parameters["peer_id"] = spare.pop() if len(spare) > 1 else spare[0]
    if case.operation.label == "POST /v1/agents/{agent_id}/unregister":
        take_out_one_more(case)
    if case.operation.label == "POST /v1/tasks/{task_id}/resume":
        answer_what_is_asked(case)
    if case.operation.label == "POST /v1/threads":
        name_two(case)
    if case.operation.label == "POST /v1/threads/{thread_id}/continue":
        speak(case)
    if case.operation.label != "POST /v1/tasks":
        return
    if not case.meta.is_negative_at(ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body["intent"] = SEEDED["intent"]
        case.body.pop("target_runtime", None)
        case.body.pop("target_agent_id", None)
        name_parent(case)
        case.body.pop("thread_id", None)
    if not case.meta.is_negative_at(ParameterLocation.HEADER) and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = f"key-{calls.total()}"


def name_parent(case):
    """An open task, which has a session of its own."""
    trace = case.body.get("trace")
    if isinstance(trace, dict) and trace.get("parent_task_id"):
        trace["parent_task_id"] = SEEDED["asking"]


def name_two(case):
    if not case.meta.is_negative_at(ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body.update(agent_a_id=SEEDED["agent_a_id"], agent_b_id=SEEDED["agent_b_id"])


def speak(case):
    """Whose turn it is; two turns at most, since each keeps the next request waiting."""
    if case.meta.is_negative_at(ParameterLocation.BODY) or not isinstance(case.body, dict):
        return
    for name in ("sender", "target_agent_id", "intent_by_agent", "payload_by_agent", "delivery", "runtime_options"):
        case.body.pop(name, None)
    intents = {"agent": "test.talk", "second": SEEDED["intent"]}
    case.body.update(intent_by_agent=intents, payload={"text": "hello"}, max_turns=2)


def take_out_one_more(case):
    """Each is there once; the last one stays, for those that come too late."""
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters["agent_id"] = AGENTS.pop() if len(AGENTS) > 1 else AGENTS[0]


def fit_the_adapter(case):
    """An agent that is a target keeps the rules of the registry file, which a JSON schema can't say."""
    if case.meta.is_negative_at(ParameterLocation.BODY) or not isinstance(case.body, dict):
        return
    if case.body.get("adapter"):
        case.body["adapter"] = "acp"
        case.body["dialect"] = "generic"
        case.body["launch"] = {"mode": "managed", "command": ["/nowhere/agent"]}


def answer_what_is_asked(case):
    """Each answer takes a question away; the next is for the next one."""
    negative = any(case.meta.is_negative_at(where) for where in (ParameterLocation.PATH, ParameterLocation.BODY))
    if negative or not isinstance(case.body, dict) or not QUESTIONS:
        return
    case.path_parameters["task_id"] = SEEDED["asking"]
    case.body["request_id"] = QUESTIONS.pop()
    case.body["payload"] = {"approved": calls.total() % 2 == 0}


@schemathesis.hook
def map_body(context, body):
    """Two names of one thing must not differ: a rule that a JSON schema can't say."""
    if isinstance(body, dict) and "target_runtime" in body:
        body.pop("target_agent_id", None)
    return body


@schemathesis.hook
def map_query(context, query):
    """Only a node can make a cursor."""
    lists = ("GET /v1/tasks", "GET /v1/threads", "GET /v1/runtimes/{runtime_id}/launches")
    if query and "cursor" in query and context.operation.label in lists:
        query["cursor"] = SEEDED["cursor"]
    if query and "cursor" in query and context.operation.label.startswith("GET /v1/threads/"):
        query["cursor"] = "MQ"
    return query
