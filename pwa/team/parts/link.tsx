import type { ComponentChildren } from "preact";
import { go, href } from "../state/route.ts";

interface LinkProps {
  to: string;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
}

/** A link inside the team app: no page load, but still a real address for a new tab. */
export function Link({ to, class: look, current, children }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={href(to)} class={look} aria-current={current ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
