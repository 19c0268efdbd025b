# What Elaad's validators of GAC 2.1 say of events on standard input (JSON, a list): a list of whether each keeps to the profile.
import json
import sys

from openadr3_client.oadr310.models.event.event import NewEvent
from openadr3_client.plugin import ValidatorPluginRegistry
from openadr3_client_gac_compliance.gac21.plugin import Gac21ValidatorPlugin

ValidatorPluginRegistry.register_plugin(Gac21ValidatorPlugin().setup())


def keeps(event: dict) -> bool:
    try:
        NewEvent.model_validate(event)
    except Exception:  # whatever they do not like
        return False
    return True


print(json.dumps([keeps(event) for event in json.load(sys.stdin)]))
