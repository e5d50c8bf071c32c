"""The only reader of the environment: one settings file that a shop owner edits, and variables over it.

``frontdesk.yaml`` holds the shop's own words and choices; every field can be set by a variable as well
(``FRONTDESK_PORT=8080``, ``FRONTDESK_SAMPLING__TEMPERATURE=0.2``), and a variable wins.
"""

from __future__ import annotations

import os
import secrets
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, YamlConfigSettingsSource

from bot.hours import Hours
from generation.sampling import SamplingControls
from retrieval.errors import InputError
from retrieval.passages import Language


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Shop(_Part):
    """What the shop calls itself and offers to ask, in both languages.

    ``care_line`` is said to somebody who speaks of self-harm, after "please call your local emergency number".
    """

    name: str = "Lumen & Oak"
    name_zh: str = "光橡家居"
    suggestions: list[str] = Field(
        default_factory=lambda: [
            "How long do I have to return a lamp?",
            "Where is my order?",
            "Do you ship to Malaysia?",
            "How much is the Aurora Desk Lamp?",
        ],
        max_length=4,
    )
    suggestions_zh: list[str] = Field(
        default_factory=lambda: [
            "台灯可以退货吗？多少天内？",
            "我的订单到哪里了？",
            "可以寄到马来西亚吗？",
            "极光台灯多少钱？",
        ],
        max_length=4,
    )
    care_line: str = ""
    care_line_zh: str = ""
    privacy: str = (
        "We keep this conversation for 30 days to answer you and mask card numbers, e-mail addresses and phone numbers. "
        "Nothing is sold or shared. /forget erases everything at once."
    )
    privacy_zh: str = (
        "为了回答您的问题，我们会保留本次对话 30 天，并隐去银行卡号、邮箱和电话号码。"
        "我们不会出售或共享任何内容。发送 /forget 可立即全部删除。"
    )

    def care(self) -> dict[Language, str]:
        """The line of telephone numbers in each language; one that is written in one language alone serves both."""
        return {"en": self.care_line or self.care_line_zh, "zh": self.care_line_zh or self.care_line}


def _midnight(value: object) -> object:
    """The end of a day as people write it."""
    return time(0, 0) if value in ("24:00", "24:00:00") else value


def _known_zone(name: str) -> str:
    if name and name not in available_timezones():
        raise ValueError("is no time zone; write one as Europe/Berlin or Asia/Singapore")
    return name


class DeskHours(_Part):
    """When people are at the desk. Where it closes no later than it opens, it does on the next day."""

    opens: time = time(9, 0)
    closes: Annotated[time, BeforeValidator(_midnight)] = time(19, 0)
    days: list[Annotated[int, Field(ge=0, le=6)]] = Field(default_factory=lambda: [0, 1, 2, 3, 4, 5])
    utc_offset: float = Field(default=8.0, gt=-24, lt=24)
    timezone: Annotated[str, AfterValidator(_known_zone)] = ""
    text: str = "Monday to Saturday, 09:00 to 19:00 (Singapore time)"
    text_zh: str = "周一至周六 09:00–19:00（新加坡时间）"

    def hours(self) -> Hours:
        return Hours(
            self.opens, self.closes, tuple(self.days), self.utc_offset, self.text, self.text_zh, zone=self.timezone
        )


class Sampling(_Part):
    """SamplingControls as the owner sets them; the limits are checked there."""

    temperature: float = 0.0
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.05
    repetition_penalty: float = 1.0
    max_new_tokens: int = 96
    seed: int = 7

    def controls(self) -> SamplingControls:
        return SamplingControls(**self.model_dump())


class Settings(BaseSettings):
    """Everything that can be set. Raises InputError through ``load``."""

    model_config = SettingsConfigDict(
        env_prefix="FRONTDESK_", env_nested_delimiter="__", env_file=".env", extra="ignore", populate_by_name=True
    )

    knowledge: Path = Path("knowledge_base")
    models: Path = Path("models")
    data: Path = Path("data")
    canned: Path = Path("canned_replies")
    embedding_model: str = "all-MiniLM-L6-v2"
    reply_model: str = "SmolLM2-135M-Instruct"
    adapter: Path | None = None
    reply_languages: list[str] = Field(default_factory=lambda: ["en"])
    threads: int = Field(default=2, ge=1, le=256)

    llm_url: str | None = None
    llm_model: str | None = None
    llm_key: SecretStr | None = None
    llm_concurrency: int = Field(default=8, ge=1, le=1024)

    redis_url: str | None = Field(default=None, validation_alias=AliasChoices("REDIS_URL", "redis_url"))
    telegram_bot_token: str | None = Field(
        default=None, validation_alias=AliasChoices("TELEGRAM_BOT_TOKEN", "telegram_bot_token")
    )
    telegram_api_url: str | None = None
    telegram_staff_chat_id: Annotated[int | None, BeforeValidator(lambda value: value or None)] = Field(
        default=None, validation_alias=AliasChoices("TELEGRAM_STAFF_CHAT_ID", "telegram_staff_chat_id")
    )
    webhook_url: str | None = Field(default=None, validation_alias=AliasChoices("WEBHOOK_URL", "webhook_url"))
    webhook_secret: str | None = None

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    channels: list[str] = Field(default_factory=lambda: ["web", "telegram"])
    allowed_origins: list[str] = Field(default_factory=list)
    secret_key: str | None = None
    keep_days: int = Field(default=30, ge=1, le=3650)

    answerable: float = Field(default=0.5, ge=0.0, le=1.0)
    passages: int = Field(default=5, ge=1, le=20)
    shop: Shop = Field(default_factory=Shop)
    hours: DeskHours = Field(default_factory=DeskHours)
    sampling: Sampling = Field(default_factory=Sampling)
    escalation: dict[str, float | list[str] | None] = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, YamlConfigSettingsSource(settings_cls, settings_file())

    def model_path(self, name: str) -> Path | str:
        """A folder under ``models``, any other local folder, or else a hub name."""
        ours = self.models / name
        return ours if ours.exists() or not (Path(name).exists() or "/" in name) else name

    @property
    def index(self) -> Path:
        return self.data / "index"

    def secret(self) -> str:
        """The key that signs visitors' tokens and desk sessions: set, or made once and kept in ``data``."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
        return path.read_text(encoding="ascii").strip()


def settings_file() -> Path:
    """The settings file: FRONTDESK_SETTINGS, or frontdesk.yaml in the working directory."""
    return Path(os.environ.get("FRONTDESK_SETTINGS", "frontdesk.yaml"))


def load(**overrides: Any) -> Settings:
    """The settings of this run. Raises InputError naming the setting that is wrong and how to mend it."""
    import yaml

    try:
        settings = Settings(**overrides)
        settings.sampling.controls()
        return settings
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"setting {name} is {first.get('input')!r}: {first['msg']}",
            "mend it there or in the environment",
            path=settings_file(),
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        raise InputError("not valid YAML", "check indents and quotes", path=settings_file(), line=line) from error
