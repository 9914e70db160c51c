import { useCallback, useEffect, useRef } from 'react';

/** One for each form on the page that holds text which is not saved. */
const unsaved = new Set<object>();

/** Address of the page while something is unsaved. */
let place = '';

const QUESTION = 'What you typed here is not saved. Leave and lose it?';

/**
 * Keeps unsaved text from being lost by leaving: a link within the page, the browser's buttons, closing the tab, signing out. Returns what to
 * call once the text is saved, before the page itself goes elsewhere.
 *
 * const letGo = useLeaveGuard(text !== '');
 */
export function useLeaveGuard(hasUnsaved: boolean): () => void {
	const form = useRef({});
	useEffect(() => {
		const { current } = form;
		if (hasUnsaved) add(current);
		return () => remove(current);
	}, [hasUnsaved]);
	return useCallback(() => remove(form.current), []);
}

/** For a Cancel button: true if there is nothing to lose, or the person gives it up. */
export const confirmLoss = (hasUnsaved: boolean): boolean => !hasUnsaved || confirm(QUESTION);

function add(form: object): void {
	if (unsaved.size === 0) listen();
	unsaved.add(form);
}

function remove(form: object): void {
	if (unsaved.delete(form) && unsaved.size === 0) stopListening();
}

function listen(): void {
	place = location.href;
	addEventListener('beforeunload', keepPage);
	// Capturing, to be before the router.
	document.addEventListener('click', keepPlace, true);
	// Not `hashchange`, which comes later: by then React may have shown the new place.
	addEventListener('popstate', restorePlace, true);
}

function stopListening(): void {
	removeEventListener('beforeunload', keepPage);
	document.removeEventListener('click', keepPlace, true);
	removeEventListener('popstate', restorePlace, true);
}

/** The browser asks, in its own words. */
const keepPage = (event: BeforeUnloadEvent): void => event.preventDefault();

/** Asks before a link is followed, so that a refusal leaves no trace in the history. */
function keepPlace(event: MouseEvent): void {
	const link = event.target instanceof Element ? event.target.closest('a') : null;
	const isElsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
	const href = link?.getAttribute('href');
	if (!href?.startsWith('#') || isElsewhere || link?.hash === location.hash) return;
	if (confirm(QUESTION)) giveUp();
	else {
		event.preventDefault();
		event.stopPropagation();
	}
}

/** The browser's buttons tell only after the address has changed: a refusal puts the old one back before the router sees the new one. */
function restorePlace(event: PopStateEvent): void {
	if (location.href === place) return;
	if (confirm(QUESTION)) giveUp();
	else {
		event.stopImmediatePropagation();
		history.pushState(null, '', place);
	}
}

/** The person is asked once. */
function giveUp(): void {
	unsaved.clear();
	stopListening();
}
