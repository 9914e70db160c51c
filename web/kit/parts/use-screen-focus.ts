import { type RefObject, useCallback, useEffect, useRef } from 'react';

/** Where someone who has lost their place goes on reading. */
const PLACES = 'section, article, main, dialog';

/**
 * Keeps the focus of someone who works by keyboard where they can go on. After a change of screen it goes to the heading, which a screen reader
 * then reads out. If what had the focus is gone or was disabled, it goes to the heading of the part that it was in, or back once it is enabled:
 * the browser would leave it on the page as a whole, and the next Tab would begin at the top.
 *
 * Returns a function that moves the focus to the heading.
 */
export function useScreenFocus(main: RefObject<HTMLElement | null>, at: string): () => void {
	const isFirst = useRef(true);
	const toHeading = useCallback(() => focusHeadingOf(main.current), [main]);
	useEffect(() => {
		// A form that opens at its first field has the focus already.
		const isInField = main.current?.contains(document.activeElement) && document.activeElement?.matches(FIELDS);
		if (!isFirst.current && at && !isInField) toHeading();
		isFirst.current = false;
	}, [main, at, toHeading]);
	useEffect(() => {
		let way: readonly Element[] = [];
		const remember = ({ target }: FocusEvent) => {
			way = wayTo(target);
		};
		// A press beside every control gives the focus up.
		const forget = () => {
			way = [];
		};
		const keep = () => {
			const active = document.activeElement;
			if (active === main.current) toHeading();
			if (active !== document.body || way.length === 0) return;
			const [last] = way;
			if (!last?.isConnected)
				focusHeadingOf(way.find((each) => each.isConnected && each.matches(PLACES)) ?? main.current);
			else if (last instanceof HTMLElement && !last.matches(':disabled')) last.focus();
		};
		const observer = new MutationObserver(keep);
		observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
		document.addEventListener('focusin', remember);
		document.addEventListener('pointerdown', forget);
		return () => {
			observer.disconnect();
			document.removeEventListener('focusin', remember);
			document.removeEventListener('pointerdown', forget);
		};
	}, [main, toHeading]);
	return toHeading;
}

const FIELDS = 'input, textarea, select';

/** The heading of a screen may come later than the screen: until then the screen itself has the focus. */
function focusHeadingOf(place: Element | null): void {
	const target = place?.querySelector<HTMLElement>('h1, h2, h3') ?? place;
	if (!(target instanceof HTMLElement)) return;
	target.tabIndex = -1;
	target.focus();
	// In the middle, so that someone who works by keyboard still sees it when more is shown above it.
	if (target.matches(':focus-visible')) target.scrollIntoView({ block: 'center' });
}

/** The element and what it is in, from the inside out. */
function wayTo(target: EventTarget | null): readonly Element[] {
	const way: Element[] = [];
	for (let each = target instanceof Element ? target : null; each; each = each.parentElement) way.push(each);
	return way;
}
