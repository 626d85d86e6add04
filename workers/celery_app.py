"""Configuration of Celery and nothing else."""

from workers.doorbell import make_celery
from workers.settings import Settings

app = make_celery(Settings.load().broker)
app.conf.imports = ("workers.tasks",)
