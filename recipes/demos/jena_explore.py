"""Plot of the temperature in Jena: the whole series and its first ten days."""

from typing import Any

from recipes._engine.forecast_config import DATA
from recipes._engine.run_options import RunOptions
from recipes._report.plots import INK, MODEL, new_figure, save
from recipes._report.result import common_fields, data_fields, write_json


def run(options: RunOptions) -> dict[str, Any]:
    """Draw both plots and write the cleaning report."""
    out, console = options.out, options.console
    data = DATA["jena"].load(options.data)
    console.print(f"data  {data.report}", highlight=False, soft_wrap=True)
    frame = data.frame.set_index(data.timestamps)
    temperature = frame[data.target]
    figure, (whole, days) = new_figure(2, 7)
    whole.plot(temperature.index, temperature, color=INK, linewidth=0.5)
    whole.set_title("Jena: all rows", loc="left", fontsize=11)
    first = temperature.iloc[: 10 * data.seasonal]
    days.plot(first.index, first, color=MODEL, linewidth=1.2)
    days.set_title("First ten days", loc="left", fontsize=11)
    for axis in (whole, days):
        axis.set_ylabel("temperature (°C)")
        axis.margins(x=0.01)
    save(figure, out / "jena-explore.png")
    result = {
        **common_fields("jena-explore", "demo", "the temperature in Jena"),
        "data": {
            **data_fields(data),
            "rows": len(frame),
            "first": str(temperature.index[0]),
            "last": str(temperature.index[-1]),
            "columns": data.features,
        },
        "temperature": {
            name: float(getattr(temperature, name)()) for name in ("min", "mean", "max", "std")
        },
    }
    write_json(out / "jena-explore.json", result)
    console.print(f"written  {out / 'jena-explore'}.json and .png", highlight=False)
    return result
