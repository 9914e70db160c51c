import type { VaultState } from '../../../src/client/vault/index.ts';
import { showConstant } from '../../kit/text/amounts.ts';
import { CLASS_WORDS } from '../jobs/job-words.ts';

export type ClassOfFirm = VaultState['classes'][number];
type CustodyOfClass = ClassOfFirm['custody'];

/** What of a firm can be in its own custody. */
const CONTENT_CLASSES = ['NOTE', 'COMMUNICATION', 'DOCUMENT', 'BILLING'] as const;

/** Each kind of content, also those of which the key log says nothing yet, which the platform keeps. */
export function classesOf({ classes }: VaultState): readonly ClassOfFirm[] {
	const known = new Map(classes.map((each) => [each.class, each]));
	const names = new Set([...CONTENT_CLASSES, ...known.keys()]);
	return [...names].map(
		(name) => known.get(name) ?? { class: name, custody: 'PLATFORM', writable: null, versions: [], isEntitled: true },
	);
}

/** Such as Notes. */
export const classInWords = (name: string): string =>
	(CLASS_WORDS as Readonly<Record<string, string>>)[name] ?? showConstant(name);

interface CustodyWords {
	/** Who holds the keys. */
	readonly holder: string;
	readonly badge: string;
	readonly meaning: string;
}

export const CUSTODY_WORDS: Readonly<Record<CustodyOfClass, CustodyWords>> = {
	PLATFORM: {
		holder: 'The platform',
		badge: 'badge',
		meaning: 'Members read it through the platform, and people of the platform only under a lease.',
	},
	MOVING: {
		holder: 'On its way to your firm',
		badge: 'badge warn',
		meaning: 'New content is closed to the platform. Older content is shown as not verified until it is sealed again.',
	},
	FIRM: {
		holder: 'Your firm',
		badge: 'badge good',
		meaning: 'Only devices of your firm open it. The platform stores and delivers it, and cannot read it.',
	},
	BACK: {
		holder: 'On its way back to the platform',
		badge: 'badge warn',
		meaning: 'The firm has decided to give it back. It is still written so that only your devices open it.',
	},
};
