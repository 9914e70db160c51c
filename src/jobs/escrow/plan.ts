import { isName, isWhole } from './value-grammars.ts';

/** The side of a holder: FIRM for the firm, or someone whom the firm trusts with its share; PLATFORM for the platform. */
export type HolderSide = 'FIRM' | 'PLATFORM';

export interface ShareHolder {
	/** 1 to 64 letters, digits, dots, underscores or hyphens. */
	readonly name: string;
	/** An age recipient, as `age-keygen -y` prints it: `age1…`. */
	readonly recipient: string;
	readonly side: HolderSide;
}

export type NamedHolder = Pick<ShareHolder, 'name' | 'side'>;

/** Shamir's scheme over bytes allows 255. The number of people who can be reached in an emergency is far smaller. */
export const MAX_HOLDERS = 32;
export const MIN_THRESHOLD = 2;

/**
 * What is wrong with `threshold` of `holders`, as a sentence that says what to change; null if nothing is. Above all, the platform's
 * holders alone are always too few: a share of the firm's side is always needed.
 */
export function findPlanFlaw(holders: readonly NamedHolder[], threshold: number): string | null {
	if (!isWhole(holders.length, MIN_THRESHOLD, MAX_HOLDERS)) {
		return `Name ${MIN_THRESHOLD} to ${MAX_HOLDERS} holders.`;
	}
	for (const [index, { name, side }] of holders.entries()) {
		if (!isName(name)) {
			return `The name of holder ${index + 1} must have 1 to 64 letters, digits, dots, underscores or hyphens.`;
		}
		if (side !== 'FIRM' && side !== 'PLATFORM') return `The side of holder ${name} must be FIRM or PLATFORM.`;
		if (holders.findIndex((other) => other.name === name) !== index) {
			return `Give each holder a different name: ${name} occurs twice.`;
		}
	}
	const ofPlatform = holders.filter(({ side }) => side === 'PLATFORM').length;
	if (ofPlatform === holders.length) return 'Name at least one holder on the side FIRM.';
	if (!isWhole(threshold, MIN_THRESHOLD, holders.length)) {
		return `The threshold must be at least ${MIN_THRESHOLD} and at most the number of holders, ${holders.length}.`;
	}
	if (ofPlatform >= threshold) {
		return `The threshold must be larger than the number of holders on the side PLATFORM, ${ofPlatform}, so that the platform alone can recover nothing.`;
	}
	return null;
}
