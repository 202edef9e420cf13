"""The stepper in a notebook: an anywidget with the same front end as the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from viz.errors import ProgramMissingError
from viz.stepping.page import asset

if TYPE_CHECKING:
    from viz.stepping.stepper import Stepper

__all__ = ["make_widget", "show"]


def make_widget(tour: dict[str, Any], index: int) -> Any:
    """Return a widget whose `index` works both ways."""
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ProgramMissingError(
            "the stepper's widget needs anywidget: pip install 'autograd-viz[jupyter]'; without "
            "it use stepper.save('steps.html')"
        ) from error

    class StepperWidget(anywidget.AnyWidget):  # type: ignore[misc]
        _esm = asset("stepper.js")
        _css = asset("stepper.css")
        tour = traitlets.Dict().tag(sync=True)
        index = traitlets.Int(0).tag(sync=True)

    return StepperWidget(tour=tour, index=index)


def show(stepper: Stepper) -> None:
    """Show a stepper in a notebook: the widget; and beneath it the picture, which it hides.

    A notebook that is opened without its kernel cannot show a widget. There the picture remains.
    """
    from IPython.display import display

    text = {"text/plain": repr(stepper)}
    try:
        widget = stepper.widget()
    except ProgramMissingError:
        display({"text/html": stepper._repr_html_(), **text}, raw=True)
        return
    still = (
        f'<div data-ags-still="{widget.tour["prefix"]}" style="overflow-x:auto">'
        f"{widget.tour['svg']}</div>"
    )
    display({"text/html": still, **text}, raw=True)
    display(widget)
