"""Negotiators for the fire tests: each is a process of its own that makes moves as fast as it can."""

import os
import random
from pathlib import Path

from planning.errors import NegotiationError
from planning.negotiation.moves import Say
from planning.workbook.negotiation import moving, overview, talks
from planning.workbook.place import stand

REPS = ("Aiko Tanabe", "Elena Petrova", "Dominic Hale", "Adaeze Eze")


def negotiate(workspace, folder, seed, moves):
    """Make moves on shared threads, and write down what was acknowledged and what was refused, a line each."""
    context, chance = stand(workspace), random.Random(seed)
    # Each line reaches the system before the next move is begun, so that a kill loses no acknowledgement.
    told = os.open(Path(folder) / f"{seed}-{os.getpid()}", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number in range(moves):
        rep, role = chance.choice(REPS), chance.choice(["manager", "rep"])
        sat = talks.talk(context, rep)
        person = rep if role == "rep" else sat.manager
        # Questions and comments are let in at any time, so most moves are of the kind that can come too late.
        may = [kind for kind in sat.allowed(role) if kind not in ("delegate", "escalate", "comment")] or ["comment"]
        kind, name = chance.choice(may), f"{seed}-{os.getpid()}-{number}"
        detail = {"to": "rep" if role == "manager" else "manager"} if kind == "return" else {}
        lines = {"Cookware": chance.randrange(1, 10**8)} if kind in ("propose", "counter") else {}
        try:
            moving.move(context, rep, Say(kind, name, lines, detail), person, len(sat.thread.moves))
        except NegotiationError as error:
            why = "late" if "moved on" in str(error) else "other"
            os.write(told, f"{why} {name}\n".encode())
        else:
            os.write(told, f"kept {name}\n".encode())
        if number % 10 == 0:
            overview.standing(context)
    os.close(told)
