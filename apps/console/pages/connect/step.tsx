// One step of the guide: what to do, and where it is done.
import type { ComponentChildren } from 'preact';

export function Step({ title, text, children }: { title: string; text: string; children: ComponentChildren }) {
  return (
    <li>
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </li>
  );
}
