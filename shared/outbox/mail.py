"""The sender of mail: `payload` has `to`, `subject` and `text`. Without SMTP_HOST no mail leaves."""

import smtplib
import ssl
from email.message import EmailMessage

from shared.config import Settings
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import NotDelivered, NotWanted, Undeliverable

KIND = "mail"
_SECONDS = 10.0


class MailSender:
    """Hands letters to the configured server, each with its own id, so that receivers can tell a repetition."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, letter: OutboxMixin) -> None:
        if not self._settings.smtp_host:
            raise NotWanted("mail is off: SMTP_HOST is not set")
        try:
            message = self._message(letter)
            with self._connection(self._settings.smtp_host) as server:
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, ValueError) as failure:
            raise Undeliverable(f"the mail is refused: {type(failure).__name__}") from None
        except (OSError, smtplib.SMTPException) as failure:
            raise NotDelivered(f"the mail server gives no help: {type(failure).__name__}") from None

    def _message(self, letter: OutboxMixin) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.smtp_from
        message["To"] = letter.payload["to"]
        message["Subject"] = letter.payload["subject"]
        message["Message-ID"] = f"<{letter.id}@{self._settings.smtp_from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.payload["text"])
        return message

    def _connection(self, host: str) -> smtplib.SMTP:
        settings = self._settings
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, settings.smtp_port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, settings.smtp_port, timeout=_SECONDS)
            if settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        return server
