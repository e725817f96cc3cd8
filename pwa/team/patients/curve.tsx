import { useRef, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { hoursAfter } from "../time/words.ts";
import type { Curve, CurvePoint, CurveSession } from "../types.ts";
import { BOX, stepTo, ticks, widest, xOf, yOf } from "./geometry.ts";

interface Facts {
  curve: Curve;
  sessions: CurveSession[];
}

/** One symptom or score: a line for each session, the latest one strong. One tab stop; arrow keys go from point to point. */
export function CurveChart({ curve, sessions }: Facts) {
  const [at, setAt] = useState(curve.points.length - 1);
  const most = widest(curve.points.map(({ hours }) => hours));
  const latest = sessions.findLast(({ id }) => curve.points.some((point) => point.session_id === id))?.id;
  const chosen = curve.points[at];
  return (
    <figure class="curve">
      <figcaption>{curve.title}</figcaption>
      <svg viewBox={`0 0 ${BOX.width} ${BOX.height}`} role="group" aria-label={curve.title}>
        <Frame most={most} curve={curve} />
        {sessions.map(({ id }) => (
          <Line key={id} points={curve.points.filter((point) => point.session_id === id)} {...{ most, curve }} strong={id === latest} />
        ))}
        <Points {...{ curve, sessions, most, at, setAt }} latest={latest} />
      </svg>
      <p class="soft curve-said">{chosen && said(chosen, sessions)}</p>
    </figure>
  );
}

function Frame({ most, curve }: { most: number; curve: Curve }) {
  const floor = yOf(0, curve.max);
  return (
    <g class="curve-frame" aria-hidden="true">
      <line x1={BOX.left} x2={BOX.width - BOX.right} y1={floor} y2={floor} />
      <line x1={BOX.left} x2={BOX.width - BOX.right} y1={yOf(curve.max, curve.max)} y2={yOf(curve.max, curve.max)} />
      <text x={BOX.left} y={BOX.top - 5}>
        {t(curve.better === "high" ? "curve_best" : "curve_most")}
      </text>
      {ticks(most).map(({ hours, x }) => (
        <text key={hours} x={x} y={BOX.height - 6} text-anchor="middle">
          {hoursAfter(hours)}
        </text>
      ))}
    </g>
  );
}

function Line({ points, most, curve, strong }: { points: CurvePoint[]; most: number; curve: Curve; strong: boolean }) {
  const path = points.map(({ hours, level }) => `${xOf(hours, most)},${yOf(level, curve.max)}`).join(" ");
  return <polyline class={strong ? "curve-line curve-strong" : "curve-line"} points={path} aria-hidden="true" />;
}

interface PointsFacts extends Facts {
  most: number;
  at: number;
  latest: string | undefined;
  setAt: (at: number) => void;
}

function Points({ curve, sessions, most, at, latest, setAt }: PointsFacts) {
  const group = useRef<SVGGElement>(null);
  const onKey = (event: KeyboardEvent) => {
    const next = stepTo(event.key, at, curve.points.length);
    if (next === at) return;
    event.preventDefault();
    setAt(next);
    (group.current?.children[next] as SVGElement | undefined)?.focus();
  };
  return (
    <g ref={group} onKeyDown={onKey}>
      {curve.points.map((point, index) => {
        const spot = { cx: xOf(point.hours, most), cy: yOf(point.level, curve.max) };
        const strong = point.session_id === latest;
        return (
          <circle
            key={`${point.session_id}${point.at}`}
            {...spot}
            r={strong ? 5 : 3.5}
            class={strong ? "curve-point curve-strong" : "curve-point"}
            role="img"
            aria-label={said(point, sessions)}
            tabIndex={index === at ? 0 : -1}
            onFocus={() => setAt(index)}
            onMouseEnter={() => setAt(index)}
          />
        );
      })}
    </g>
  );
}

/** `Session 3, 6 h after: Dizzy` */
function said(point: CurvePoint, sessions: CurveSession[]): string {
  const n = sessions.find(({ id }) => id === point.session_id)?.number ?? "";
  return t("curve_point", { n, after: hoursAfter(point.hours), text: point.text });
}
