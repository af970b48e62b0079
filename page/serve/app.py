"""The page as a web application: its script and style sheet, its guards, and Gradio behind them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from page.draw.model import Manner
from page.serve.events import make_page
from page.serve.guards import guards
from page.serve.listening import is_local, local_names
from page.serve.passwords import Password
from qa.library.library import Library
from qa.writing.model_loader import NamedModel

_ROOT = Path(__file__).resolve().parents[2]
_STATIC = _ROOT / "page" / "static"
# One script and one style sheet, in this order.
_SCRIPTS = (
    *("page.js", "ask.js", "reader.js", "filters.js", "model.js", "articles.js", "judge.js", "evaluate.js", "take.js", "link.js"),
    "start.js",
)
_STYLES = (
    *(_STATIC / "styles" / name for name in ("style.css", "reader.css", "filters.css", "model.css", "articles.css")),
    _ROOT / "qa" / "evaluate" / "report" / "report.css",
)


def make_app(
    library: Library,
    judged_folder: Path,
    users: Mapping[str, Password],
    host: str,
    named: NamedModel | None = None,
    manner: Manner | None = None,
) -> FastAPI:
    """The page as a web application, without a server. With users it requires signing in; `host` is where it will listen."""
    app = FastAPI(openapi_url=None, middleware=guards(users, local_names(host) if is_local(host) else ()))
    style = "\n".join(path.read_text(encoding="utf-8") for path in _STYLES)
    scripts = [(_STATIC / "scripts" / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    system = gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")  # Gradio would search its files for a plain name
    app.mount("/fonts", StaticFiles(directory=_STATIC / "fonts"))
    gr.mount_gradio_app(
        app,
        make_page(
            library,
            judged_folder,
            named or NamedModel(),
            manner or Manner(),
            scripts,
            may_name=is_local(host) and not users,
            way_out=bool(users),
        ),
        path="/",
        server_name=host,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        favicon_path=str(_STATIC / "favicon.svg"),
        theme=gr.themes.Base(font=system, font_mono=system),
        head=f"<style>{style}</style>",  # as `css`, Gradio would rewrite its selectors
    )
    return app
