import { bulkhead } from 'cockatiel';
import { type FirmRole, type Principal, partyNameOf } from '../../access/index.ts';

/** Whom requests count for: a firm, with a role in it, or a single person of the platform, with the role OWNER. */
export interface Party {
	readonly name: string;
	readonly role: FirmRole;
}

/** The party of a principal. */
export const partyOf = (principal: Principal): Party => ({
	name: partyNameOf(principal),
	role: principal.kind === 'firm' ? principal.role : 'OWNER',
});

export type Slots = ReturnType<typeof bulkhead>;

/** A party's limits here, and what it uses. */
export interface PartyShare {
	readonly key: string;
	readonly slots: Slots;
	/** Long bodies that may be read at once. */
	readonly maxBodies: number;
	/** Requests with new tokens that may run beside the slots. */
	readonly maxUnrecognized: number;
	bodies: number;
	requests: number;
	unrecognized: number;
}

/**
 * The portion of a firm's slots that people of a role may use, together with the roles listed before it. So owners, who revoke leases
 * and remove members, have slots and a queue that no one else can fill.
 */
const ROLE_PORTIONS: readonly (readonly [role: FirmRole, part: number])[] = [
	['CLIENT', 1 / 2],
	['MEMBER', 3 / 4],
	['OWNER', 1],
];

/** The shares of those parties that have a request or a long body here. */
export class PartyShares {
	readonly #slotsOfFirm: number;
	readonly #lineOfFirm: number;
	readonly #shares = new Map<string, PartyShare>();

	constructor(atOnce: number) {
		this.#slotsOfFirm = Math.ceil(atOnce / 8);
		this.#lineOfFirm = Math.ceil(atOnce / 2);
	}

	/** In the order in which a request waits for them. */
	of({ name, role }: Party): PartyShare[] {
		return ROLE_PORTIONS.slice(ROLE_PORTIONS.findIndex(([each]) => each === role)).map(([upTo, part]) => {
			const key = `${upTo} ${name}`;
			return this.#shares.get(key) ?? this.#create(key, part);
		});
	}

	/** Counts a request or a body for `shares`; returns the function that uncounts it. */
	count(shares: readonly PartyShare[], what: 'bodies' | 'requests'): () => void {
		for (const share of shares) this.#change(share, what, 1);
		return () => {
			for (const share of shares) this.#change(share, what, -1);
		};
	}

	#create(key: string, part: number): PartyShare {
		const slots = Math.max(1, Math.floor(this.#slotsOfFirm * part));
		const line = Math.floor(this.#lineOfFirm * part);
		const counts = { bodies: 0, requests: 0, unrecognized: 0 };
		return { key, slots: bulkhead(slots, line), maxBodies: slots + line, maxUnrecognized: slots, ...counts };
	}

	#change(share: PartyShare, what: 'bodies' | 'requests', by: 1 | -1): void {
		share[what] += by;
		if (share.bodies + share.requests > 0) this.#shares.set(share.key, share);
		else this.#shares.delete(share.key);
	}
}
