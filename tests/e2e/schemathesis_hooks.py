"""Every second request names things that are there, so that it gets behind the first look-up."""

import json
import os

import schemathesis

SEEDED = json.loads(os.environ["SEEDED"])
turn = 0


def every_second() -> bool:
    global turn
    turn += 1
    return turn % 2 == 0


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if path_parameters and every_second():
        for name in path_parameters:
            path_parameters[name] = SEEDED.get(name, path_parameters[name])
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if context.operation.path != "/v1/tasks" or not isinstance(body, dict):
        return body
    if "target_runtime" in body:
        # Two names of one thing, which must not differ: a rule that a JSON schema can't say.
        body.pop("target_agent_id", None)
    if "intent" in body and every_second():
        body["intent"] = SEEDED["intent"]
        body.pop("target_runtime", None)
        body.pop("target_agent_id", None)
    return body
