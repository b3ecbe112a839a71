"""The state table: who may make which move in which state. `docs/negotiation.md` says the same in words."""

from planning.negotiation.moves import TALK, Role

STATES = (
    "not started", "proposed", "countered", "returned", "escalated", "agreed", "reopening", "set", "ended",
)  # fmt: skip

_TALK = set(TALK)
_LEADS = {"return", "escalate", "hand_over", "leave", "lapse"}
"""What the planner, who is on neither side, may do while something is to be settled."""

TABLE: dict[str, dict[Role, set[str]]] = {
    "not started": {
        "manager": {"propose", "delegate", *_TALK},
        "rep": {"counter", *_TALK},
        "planner": {"hand_over", "leave", *_TALK},
    },
    "proposed": {
        "manager": {"propose", "accept", "withdraw", "escalate", "delegate", *_TALK},
        "rep": {"counter", "accept", "return", "escalate", *_TALK},
        "senior": {"propose", "accept", "withdraw", *_TALK},
        "planner": {*_LEADS, *_TALK},
    },
    "countered": {
        "manager": {"propose", "accept", "return", "escalate", "delegate", *_TALK},
        "rep": {"counter", "accept", "withdraw", "escalate", *_TALK},
        "senior": {"propose", "accept", *_TALK},
        "planner": {*_LEADS, *_TALK},
    },
    "returned": {
        "manager": {"propose", "escalate", "delegate", *_TALK},
        "rep": {"counter", "escalate", *_TALK},
        "senior": {"propose", *_TALK},
        "planner": {*_LEADS, *_TALK},
    },
    "escalated": {
        "manager": {"delegate", *_TALK},
        "rep": _TALK,
        "senior": {"propose", "return", "decide", *_TALK},
        "planner": {"return", "hand_over", "leave", "lapse", *_TALK},
    },
    "agreed": {
        "manager": {"reopen", *_TALK},
        "rep": {"reopen", *_TALK},
        "senior": _TALK,
        "planner": {"hand_over", "leave", *_TALK},
    },
    "reopening": {
        "manager": {"consent", "refuse", "withdraw", *_TALK},
        "rep": {"consent", "refuse", "withdraw", *_TALK},
        "senior": _TALK,
        "planner": {"hand_over", "leave", "lapse", *_TALK},
    },
    "set": {
        "manager": {"reopen", *_TALK},
        "rep": {"reopen", *_TALK},
        "senior": _TALK,
        "planner": {"hand_over", "leave", *_TALK},
    },
    "ended": {},
}
