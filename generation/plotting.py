"""Draws the loss of a training run as an SVG."""

from __future__ import annotations

from collections.abc import Sequence

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 360, 56, 44, 34


def loss_plot(training: Sequence[tuple[int, float]], validation: Sequence[tuple[int, float]]) -> str:
    """An SVG of (step, loss) points: training smoothed as a line, validation as a line with dots."""
    smooth: list[tuple[int, float]] = []
    for step, loss in training:
        smooth.append((step, loss if not smooth else 0.9 * smooth[-1][1] + 0.1 * loss))
    points = [*smooth, *validation]
    last = max((step for step, _ in points), default=1) or 1
    high = max((loss for _, loss in points), default=1.0) * 1.05 or 1.0

    def at(step: int, loss: float) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - 16) * step / last
        y = _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * loss / high
        return round(x, 1), round(y, 1)

    def line(series: Sequence[tuple[int, float]], colour: str) -> str:
        path = " ".join(f"{x},{y}" for x, y in (at(*point) for point in series))
        return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for part in range(5):
        loss = high * part / 4
        _, y = at(0, loss)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 16}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#555">{loss:.2f}</text>')
        x, _ = at(last * part // 4, 0)
        parts.append(f'<text x="{x}" y="{_HEIGHT - 24}" text-anchor="middle" fill="#555">{last * part // 4}</text>')
    parts.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 6}" text-anchor="middle" fill="#555">step</text>')
    parts += [line(smooth, "#9bb7d4"), line(validation, "#c0392b")]
    parts += [f'<circle r="3" fill="#c0392b" cx="{x}" cy="{y}"/>' for x, y in (at(*point) for point in validation)]
    parts.append(
        f'<text x="{_LEFT}" y="20"><tspan fill="#5b84ad">training loss</tspan>  '
        '<tspan fill="#c0392b" dx="12">validation loss</tspan></text></svg>'
    )
    return "\n".join(parts) + "\n"
