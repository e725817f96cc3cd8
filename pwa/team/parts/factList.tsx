export type Fact = [label: string, value: string | null | undefined];

/** Facts by name; what is empty is left out. */
export function FactList({ rows, class: look = "record" }: { rows: Fact[]; class?: string }) {
  return (
    <dl class={look}>
      {rows
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
