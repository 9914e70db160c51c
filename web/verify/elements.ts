import { escapeHiddenCharacters } from '../../src/access/visible-text.ts';

type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/**
 * An element with text. Every text, also that of attributes, passes through here: it is text and never markup, and characters that a reader
 * would not see, or that change the direction, are written such as \u{202e}.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (value === null || value === false) continue;
		made.setAttribute(key, value === true ? '' : visible(String(value)));
	}
	for (const child of children) if (child !== null) made.append(typeof child === 'string' ? visible(child) : child);
	return made;
}

export const visible = (text: string): string => escapeHiddenCharacters(text, 'LINES');

/** The element of the page with this id, which index.html has. */
export function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
	const found = document.getElementById(id);
	if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
	return found;
}

/** A button that does this. */
export function button(text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
	const made = element('button', { type: 'button', ...attributes }, text);
	made.addEventListener('click', onClick);
	return made;
}
