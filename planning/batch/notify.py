"""Telling others that a batch has ended: a webhook, a mail, both or neither."""

import json
import smtplib
import urllib.request
from email.message import EmailMessage

from planning.batch.batch import BatchResult
from planning.errors import SettingsError, bulleted
from planning.settings import Settings

_PATIENCE = 20
"""Seconds that whoever is told has to answer."""


def notify(settings: Settings, result: BatchResult) -> list[str]:
    """Tell who is to be told, and give whom that was.

    Raises
    ------
    SettingsError
        With all who could not be told; the reports are not touched by that.
    """
    told, problems = [], []
    for name, where, tell in (("webhook", settings.notify_webhook, _post), ("mail", settings.notify_mail, _mail)):
        if not where:
            continue
        try:
            tell(settings, result)
            told.append(where)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            problems.append(f"{name} {where}: {error}")
    if problems:
        raise SettingsError(bulleted("The batch has ended, but not all could be told so:", problems))
    return told


def _post(settings: Settings, result: BatchResult) -> None:
    if not settings.notify_webhook.startswith(("http://", "https://")):
        raise ValueError("it is no address of a web server")
    content = {"text": _sentence(settings, result), **_counts(result), "failures": result.failures}
    request = urllib.request.Request(
        settings.notify_webhook, json.dumps(content).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=_PATIENCE).close()


def _mail(settings: Settings, result: BatchResult) -> None:
    if not settings.smtp:
        raise ValueError('no mail server is set ("smtp")')
    message = EmailMessage()
    message["Subject"] = _sentence(settings, result)
    message["To"] = settings.notify_mail
    message["From"] = settings.mail_from or "planning@localhost"
    message.set_content("\n".join([_sentence(settings, result), "", str(result.index), "", *result.failures]) + "\n")
    host, _, port = settings.smtp.partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=_PATIENCE) as server:
        server.send_message(message)


def _sentence(settings: Settings, result: BatchResult) -> str:
    made, there, failed = _counts(result).values()
    return f"{settings.company}: {made} reports made, {there} were there already, {failed} failed"


def _counts(result: BatchResult) -> dict[str, int]:
    return {
        "made": len(result.labels("ok")),
        "there": len(result.labels("skipped")),
        "failed": len(result.labels("failed")),
    }
