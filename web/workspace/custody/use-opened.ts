import { useState } from 'react';

/** What happened to a decision while a person had its dialog open: other content, another standing, or it is gone. */
export type Loss = 'CHANGED' | 'MOVED' | 'GONE';

interface Opened<Item> {
	/** As the person opened it, whatever the service says since. Null if no dialog is open. */
	readonly opened: Item | null;
	/** Why the last dialog closed by itself; null if it did not. */
	readonly loss: Loss | null;
	readonly open: (item: Item) => void;
	readonly close: () => void;
	/** The act of the person, whose own effect is no loss. Closes the dialog, unless it answers that nothing was done. */
	readonly act: (run: () => Promise<boolean>) => Promise<void>;
}

/**
 * What a dialog shows of a list that may change meanwhile. `lossOf` answers null as long as it is what the person reads; after that, the
 * dialog closes, and does not open again by itself.
 */
export function useOpened<Item>(lossOf: (opened: Item) => Loss | null): Opened<Item> {
	const [opened, setOpened] = useState<Item | null>(null);
	const [loss, setLoss] = useState<Loss | null>(null);
	const [isActing, setActing] = useState(false);
	const found = opened === null || isActing ? null : lossOf(opened);
	if (found !== null) {
		setOpened(null);
		setLoss(found);
	}
	return {
		opened,
		loss,
		open(item) {
			setLoss(null);
			setOpened(item);
		},
		close() {
			setLoss(null);
			setOpened(null);
		},
		async act(run) {
			setActing(true);
			try {
				if (await run()) setOpened(null);
			} finally {
				setActing(false);
			}
		},
	};
}
