"""The same move with Django: django-fsm-2 for states, django-concurrency for versions, django-auditlog for the log. Run
by the interpreter of its own environment, so it imports nothing of the project: `django_peer.py DATABASE_URL ITEMS`;
each line it reads names how many items to move, as `{"items": 1000}`."""

import json
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

place = urlsplit(sys.argv[1])
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": place.hostname,
            "PORT": place.port,
            "USER": place.username,
            "PASSWORD": place.password,
            "NAME": place.path.removeprefix("/"),
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "concurrency", "auditlog"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from auditlog.registry import auditlog  # noqa: E402
from concurrency.fields import AutoIncVersionField  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django_fsm import FSMField, transition  # noqa: E402


class Item(models.Model):  # type: ignore[misc]
    state = FSMField(default="DRAFT", protected=True)
    version = AutoIncVersionField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "bench"

    @transition(field=state, source="DRAFT", target="SUBMITTED")
    def submit(self):  # type: ignore[no-untyped-def]
        pass

    @transition(field=state, source="SUBMITTED", target="DRAFT")
    def reject(self):  # type: ignore[no-untyped-def]
        pass


def prepare(items: int) -> None:
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Item)
    with connection.cursor() as cursor:
        made = (
            "insert into bench_item (state, version, updated_at) select 'DRAFT', 1, now() from generate_series(1, %s)"
        )
        cursor.execute(made, [items])


def move(items: int, *, version: int) -> int:
    """All in one transaction, one by one: found, compared, moved, saved where nobody was faster, logged."""
    moved = 0
    with transaction.atomic():
        for number in range(1, items + 1):
            item = Item.objects.get(pk=number)
            if item.version == version:
                (item.submit if version % 2 else item.reject)()
                item.save()
                moved += 1
    return moved


def main(items: int) -> None:
    prepare(items)
    auditlog.register(Item)
    version = 1
    for line in sys.stdin:
        print(json.dumps(move(json.loads(line)["items"], version=version)), flush=True)
        version += 1


if __name__ == "__main__":
    main(int(sys.argv[2]))
