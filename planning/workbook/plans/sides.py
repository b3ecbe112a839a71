"""On which side of a rep's plans somebody stands, and whether they are their business."""

from planning.errors import AccessError
from planning.goals.owners import team
from planning.workbook.context import Context
from planning.workbook.leading import concerned, managers

PLANNER = "planner"


def speaker(context: Context, rep: str, name: str) -> tuple[str, str]:
    """Say who speaks, and on which side: the person who is logged in, whoever the form says it is.

    Parameters
    ----------
    context
        Where one stands, and who is asking.
    rep
        Whose plans.
    name
        Who it is said to be, where nobody logs in.

    Returns
    -------
    The name, and ``rep``, ``leader`` (who leads the rep, directly or through others; the planner where nobody does)
    or ``planner``.

    Raises
    ------
    AccessError
        If the plans are none of their business.
    """
    see(context, rep)
    who = context.actor(name.strip())
    if not who:
        raise AccessError("It does not say who does it.")
    if who == rep:
        return who, "rep"
    led = managers(context)
    return who, "leader" if rep in team(led, who) or rep not in led else PLANNER


def see(context: Context, rep: str) -> None:
    """Refuse to show the plans of a rep to whom they are none of their business.

    Raises
    ------
    AccessError
        If they are none of theirs.
    """
    me = context.person
    if me is not None and (me.role == "viewer" or not concerned(context, [rep])):
        raise AccessError(f"The plans of {rep} are between them and those who lead them.")


def mine(context: Context, reps: list[str]) -> list[str]:
    """Of some reps, give those whose plans are the business of who is asking, in their order."""
    me = context.person
    inside = set() if me is not None and me.role == "viewer" else concerned(context, reps)
    return [each for each in reps if each in inside]
