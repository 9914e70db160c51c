import { type RefObject, useEffect, useRef, useState } from 'react';
import { useViewer } from '../../viewer.ts';
import type { MessageRow } from './use-messages.ts';

interface Arrivals {
	/** Goes on the list whose items are the messages. */
	readonly list: RefObject<HTMLOListElement | null>;
	/** For a screen reader. */
	readonly said: string;
	/** Messages that came in below what the person is reading. */
	readonly unseen: number;
	readonly showNewest: () => void;
}

/** Shows the end of a thread when it is opened, and new messages as they come, without moving what the person reads. */
export function useArrivals(nodes: readonly MessageRow[] | undefined): Arrivals {
	const viewer = useViewer();
	const list = useRef<HTMLOListElement>(null);
	const newest = useRef<string | undefined>(undefined);
	const [said, setSaid] = useState('');
	const [unseen, setUnseen] = useState(0);
	const showNewest = () => {
		setUnseen(0);
		list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' });
	};
	const last = nodes?.at(-1);
	useEffect(() => {
		const before = newest.current;
		newest.current = last?.id;
		if (nodes === undefined || last === undefined || before === last.id) return;
		const position = nodes.findIndex(({ id }) => id === before);
		// The last message was deleted.
		if (before !== undefined && position === -1) return;
		const arrived = before === undefined ? [] : nodes.slice(position + 1);
		const foreign = arrived.filter(({ author }) => author?.id !== viewer.id);
		if (foreign.length > 0)
			setSaid(`New message from ${foreign.map(({ author }) => author?.name ?? 'someone').join(', ')}.`);
		const wasAtEnd = before === undefined || isInView(list.current?.lastElementChild?.previousElementSibling);
		if (wasAtEnd || foreign.length < arrived.length)
			list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' });
		else setUnseen((count) => count + arrived.length);
	}, [nodes, last, viewer.id]);
	useEffect(() => {
		const end = list.current?.lastElementChild;
		if (unseen === 0 || !end) return;
		const watch = new IntersectionObserver(([entry]) => {
			if (entry?.isIntersecting) setUnseen(0);
		});
		watch.observe(end);
		return () => watch.disconnect();
	}, [unseen]);
	return { list, said, unseen, showNewest };
}

function isInView(element: Element | null | undefined): boolean {
	if (!element) return true;
	const { top, bottom } = element.getBoundingClientRect();
	return bottom >= 0 && top <= innerHeight;
}
