"""What Slack would refuse, said before Slack says it.

Each fault is one sentence in Slack's own manner, for example
`must be less than 76 characters [json-pointer:/blocks/3/elements/0/text/text]`; no faults means
that the payload is valid. The limits are those of Slack's Block Kit reference and of the models of
its Python SDK. Where they leave a doubt, the stricter reading is taken, as long as the SDK's own
models can pass.
"""

from sandbox.block_rules.surfaces import faults_in_message, faults_in_view

__all__ = ["faults_in_message", "faults_in_view"]
