"""`/privacy`: what is kept, and who of the team read what. `/export`: all of it, in a file."""

import base64

from bot.telegram.scene import Scene
from workers.journal import audit, consents, export
from workers.journal.consents import KINDS
from workers.journal.outbox import Letter


def privacy(scene: Scene) -> None:
    settings = scene.settings
    latest = consents.latest(scene.session, scene.person.id)
    lines = []
    for kind in KINDS:
        row = latest.get(kind)
        state = scene.words(f"privacy.state.{'never' if row is None else 'on' if row.granted else 'off'}")
        date = f"{row.at:%Y-%m-%d}" if row else "–"
        lines.append(
            scene.words("privacy.consent_line", name=scene.words(f"privacy.name.{kind}"), state=state, date=date)
        )
    operator = ""
    if settings.operator_name:
        operator = scene.words(
            "start.operator",
            name=settings.operator_name,
            contact=settings.operator_contact or "–",
            notice=settings.privacy_notice_url or "–",
        )
    text = scene.words(
        "privacy.text",
        hours=settings.context_hours,
        days=settings.diary_days,
        consents="\n".join(lines),
        operator=operator,
    ).replace("\n\n\n\n", "\n\n")
    read = [row for row in audit.of_person(scene.session, scene.person.id) if row.action == "case.read"]
    log = [
        scene.words("privacy.read_log_line", date=f"{row.at:%Y-%m-%d %H:%M}", reason=row.reason or "–")
        for row in read
    ] or [scene.words("privacy.read_log_empty")]
    scene.answer(text + "\n\n" + scene.words("privacy.read_log_title") + "\n" + "\n".join(log[-20:]))
    scene.introduce()


def export_everything(scene: Scene) -> None:
    packed = export.as_zip(scene.session, scene.person)
    body = {
        "document_b64": base64.b64encode(packed).decode(),
        "filename": "heed.zip",
        "caption": scene.words("export.caption"),
    }
    scene.send(Letter(body, "answer", "file", "sendDocument"))
    scene.introduce()
