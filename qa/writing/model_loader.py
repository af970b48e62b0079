"""The language model that writes for a page: opened in the background, and again if that failed; its server may start later."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Lock, Thread

from qa.writing.language_models import LanguageModel, check_address, language_model
from qa.writing.prompts import answer_prompt, answer_schema


class NamedModel:
    """The model that was named last, if one was. `key` goes to its server alone."""

    def __init__(self, key: str | None = None) -> None:
        self._key = key
        self._lock = Lock()
        self._address = ""
        self._opening: Future[LanguageModel] | None = None

    def begin(self, address: str) -> None:
        """Begins to open the model at an address. Raises SettingError where the address is not valid."""
        check_address(address)
        self._address, self._opening = address, self._begun(address)

    def connect(self, address: str) -> str:
        """Opens the model at an address in place of the one before, and returns its display name. Raises what opening raises; the one
        before then stays."""
        opening = self._begun(address)
        model = opening.result()
        with self._lock:
            self._address, self._opening = address, opening
        return model.name

    @property
    def is_named(self) -> bool:
        return self._opening is not None

    @property
    def name(self) -> str | None:
        """Its name for readers; None as long as it is not open."""
        opening = self._opening
        return opening.result().name if opening is not None and opening.done() and opening.exception() is None else None

    def model(self) -> LanguageModel | None:
        """The model, once it is open; None where none was named. Raises what opening raises."""
        with self._lock:
            if self._opening is not None and self._opening.done() and self._opening.exception() is not None:
                self._opening = self._begun(self._address)
            opening = self._opening
        return None if opening is None else opening.result()

    def _begun(self, address: str) -> Future[LanguageModel]:
        opening = Future[LanguageModel]()
        Thread(target=self._open, args=(address, opening), daemon=True).start()
        return opening

    def _open(self, address: str, opening: Future[LanguageModel]) -> None:
        try:
            model = language_model(address, self._key)
            # A request shows whether the server responds, and lets it read the beginning of all prompts before a visitor waits; not
            # measured.
            for _ in model.write(answer_prompt("", "en", ()), answer_schema(1), 1):
                pass
            opening.set_result(model)
        except Exception as error:
            opening.set_exception(error)
