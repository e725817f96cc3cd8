import { useRef } from "preact/hooks";

interface Choice {
  value: string | number | boolean;
  text: string;
}

interface RadiosProps<C extends Choice> {
  choices: readonly C[];
  chosen: unknown;
  grid?: boolean;
  onPick: (choice: C) => void;
}

/**
 * One answer out of several, each a big button. Arrow keys move without choosing, because choosing moves on to
 * the next question.
 */
export function Radios<C extends Choice>({ choices, chosen, grid, onPick }: RadiosProps<C>) {
  const group = useRef<HTMLDivElement>(null);
  const focused = Math.max(0, choices.findIndex((choice) => choice.value === chosen));
  const move = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const buttons = [...(group.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (!by || at < 0) return;
    event.preventDefault();
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div
      ref={group}
      class={grid ? "options options-grid" : "options"}
      role="radiogroup"
      aria-labelledby="question"
      onKeyDown={move}
    >
      {choices.map((choice, index) => (
        <button
          key={String(choice.value)}
          type="button"
          role="radio"
          class="option"
          aria-checked={choice.value === chosen}
          tabIndex={index === focused ? 0 : -1}
          data-value={String(choice.value)}
          onClick={() => onPick(choice)}
        >
          {choice.text}
        </button>
      ))}
    </div>
  );
}
