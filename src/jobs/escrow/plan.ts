import { isName, isWhole } from './value-grammars.ts';

/** Whose a holder is: the firm's, or somebody's whom the firm trusts with its share; or the platform's. */
export type HolderSide = 'FIRM' | 'PLATFORM';

export interface ShareHolder {
	/** 1 to 64 letters, digits, dots, underscores or hyphens. */
	readonly name: string;
	/** Of age, as `age-keygen -y` prints it: `age1…`. */
	readonly recipient: string;
	readonly side: HolderSide;
}

/** A holder as the escrow names it. */
export type NamedHolder = Pick<ShareHolder, 'name' | 'side'>;

/** Shamir's scheme over bytes ends at 255. People who have to be reached in an emergency end long before. */
export const MAX_HOLDERS = 32;
export const MIN_THRESHOLD = 2;

/**
 * What is wrong with `threshold` of `holders`, as a sentence that says what to change; null: nothing. Above all, the platform's
 * holders together are always too few: a share of the firm's side is needed, whichever others are there.
 */
export function findPlanFlaw(holders: readonly NamedHolder[], threshold: number): string | null {
	if (!isWhole(holders.length, MIN_THRESHOLD, MAX_HOLDERS)) {
		return `Name ${MIN_THRESHOLD} to ${MAX_HOLDERS} holders of shares.`;
	}
	for (const [index, { name, side }] of holders.entries()) {
		if (!isName(name)) {
			return `Name holder ${index + 1} with 1 to 64 letters, digits, dots, underscores or hyphens.`;
		}
		if (side !== 'FIRM' && side !== 'PLATFORM') return `Say of holder ${name} whether its side is FIRM or PLATFORM.`;
		if (holders.findIndex((other) => other.name === name) !== index) {
			return `Give each holder a name of its own: ${name} is there twice.`;
		}
	}
	const ofPlatform = holders.filter(({ side }) => side === 'PLATFORM').length;
	if (ofPlatform === holders.length) return 'Name at least one holder on the side FIRM.';
	if (!isWhole(threshold, MIN_THRESHOLD, holders.length)) {
		return `Let at least ${MIN_THRESHOLD} shares be needed, and no more than the ${holders.length} that there are.`;
	}
	if (ofPlatform >= threshold) {
		return `Let more shares be needed than the ${ofPlatform} on the side PLATFORM, so that the platform alone can recover nothing.`;
	}
	return null;
}
