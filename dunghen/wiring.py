"""Settings become the configuration of the rooms; the rooms are imported only when asked for."""

from __future__ import annotations

import re

from api.config import ApiConfig
from dossiers.text.kept_ids import IdForm
from dossiers.wire.timeline import Timeline
from dunghen.access.config import access_config
from dunghen.access.link_key import link_key
from dunghen.settings.installation import Installation
from dunghen.settings.model import Settings
from dunghen.texts.frozen_cases import frozen_cases
from dunghen.timeline.current import require_timeline
from dunghen.timeline.workers import worker_counters
from sinks.config import AppriseConfig, NotifierConfig, SinkConfig, SmtpConfig, WebhookConfig
from sinks.telling.config import TellingConfig
from sinks.telling.targets import read_targets
from streams.config import WorkerConfig

_BETWEEN = re.compile(r"[\s,;]+")


def form_of(settings: Settings) -> IdForm:
    """The form of ids that are kept."""
    personal = settings.personal
    return IdForm(personal.id_letters, personal.id_marks, personal.id_length)


def worker_config(installation: Installation) -> WorkerConfig:
    """For ``streams.worker.run_worker``."""
    timeline = require_timeline(installation, folding=True)
    worker = installation.settings.worker
    return WorkerConfig(
        bootstrap=installation.endpoints().kafka,
        timeline=timeline.id,
        partitions=timeline.partitions,
        state_dir=installation.folder.path,
        instance=worker.instance,
        commit_interval=worker.commit_seconds,
        facts=installation.settings.limits.facts,
        fact_bytes=installation.settings.limits.fact_bytes,
        form=form_of(installation.settings) if timeline.kind == "live" else None,
        client=installation.client,
    )


def api_config(installation: Installation, timeline: Timeline) -> ApiConfig:
    """For ``api.app.create_app``."""
    settings = installation.settings
    return ApiConfig(
        bootstrap=installation.endpoints().kafka,
        timeline=timeline.id,
        mode=timeline.kind,
        partitions=timeline.partitions,
        title=settings.wall.title,
        host=settings.api.host,
        port=settings.api.port,
        officer_names=settings.wall.officer_names,
        kafka=installation.client,
        counters=lambda: worker_counters(installation.folder.run),
        checked=installation.folder.checked,
        access=access_config(installation),
        gateways=settings.notify.enabled and settings.notify.targets is not None,
    )


def sink_config(installation: Installation, timeline: Timeline) -> SinkConfig:
    """For ``sinks.service.SinkService``."""
    sink = installation.settings.sink
    return SinkConfig(
        bootstrap=installation.endpoints().kafka,
        timeline=timeline.id,
        kafka=installation.client,
        batch_rows=sink.batch_rows,
        linger_s=sink.batch_seconds,
        instance=sink.instance,
    )


def notifier_config(installation: Installation, timeline: Timeline) -> NotifierConfig:
    """For ``sinks.notifier.service.NotifierService``."""
    notify = installation.settings.notify
    webhook_url = notify.webhook_url.get_secret_value()
    webhook = WebhookConfig(webhook_url, notify.webhook_secret.get_secret_value())
    apprise = AppriseConfig(notify.apprise_url.get_secret_value())
    return NotifierConfig(
        bootstrap=installation.endpoints().kafka,
        timeline=timeline.id,
        kind=timeline.kind,
        base_url=base_url(installation),
        enabled=notify.enabled,
        deliver_unreal=notify.unreal,
        kafka=installation.client,
        webhooks=(webhook,) if webhook_url else (),
        apprise=(apprise,) if apprise.url else (),
        instance=installation.settings.sink.instance,
        language=notify.language,
    )


def telling_config(installation: Installation, timeline: Timeline) -> TellingConfig:
    """For ``sinks.telling.service.TellingService``. Raises UserError for targets that cannot be
    used."""
    notify = installation.settings.notify
    smtp = SmtpConfig(
        notify.smtp_host,
        notify.smtp_port,
        notify.smtp_sender,
        notify.smtp_user,
        notify.smtp_password.get_secret_value(),
        notify.smtp_security,
    )
    return TellingConfig(
        bootstrap=installation.endpoints().kafka,
        timeline=timeline.id,
        kind=timeline.kind,
        partitions=timeline.partitions,
        base_url=base_url(installation),
        enabled=notify.enabled,
        deliver_unreal=notify.unreal,
        kafka=installation.client,
        smtp=smtp if notify.smtp_host else None,
        targets=read_targets(notify.targets) if notify.enabled and notify.targets else (),
        mail_domains=domains(notify.mail_domains),
        admin_mail=notify.admin_mail,
        instance=installation.settings.sink.instance,
        link_key=link_key(installation) if notify.enabled else None,
        language=notify.language,
        cases_of=frozen_cases(installation),
    )


def domains(text: str) -> tuple[str, ...]:
    """Names of domains, with blanks, commas or semicolons between them, @ before them or not."""
    names = (each.lstrip("@.") for each in _BETWEEN.split(text.lower()))
    return tuple(name for name in names if name)


def base_url(installation: Installation) -> str:
    """Where the pages are, in messages."""
    api = installation.settings.api
    return installation.settings.notify.public_url or address(api.host, api.port)


def address(host: str, port: int) -> str:
    """The URL of a server on this host; an IPv6 address takes brackets."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
