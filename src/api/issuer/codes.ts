import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../clock/index.ts';

/** What a code stands for. */
export interface Grant {
	readonly issuer: string;
	readonly redirectUri: string;
	readonly challenge: string;
	readonly subject: string;
	readonly email: string;
	/** When the person signed in, in seconds since 1970. */
	readonly authTime: number;
	readonly nonce: string | null;
}

/** Milliseconds for which a code is valid. */
const LIFE = 60_000;
/** Codes at once. Beyond it the oldest ends. */
const MOST = 1_000;
/** RFC 7636, section 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Authorization codes, in memory: each works once. */
export class Codes {
	readonly #clock: Pick<Clock, 'now'>;
	readonly #grants = new Map<string, { readonly grant: Grant; readonly ends: number }>();

	constructor(clock: Pick<Clock, 'now'>) {
		this.#clock = clock;
	}

	make(grant: Grant): string {
		const code = randomBytes(32).toString('base64url');
		this.#grants.set(code, { grant, ends: this.#clock.now() + LIFE });
		if (this.#grants.size > MOST) this.#grants.delete(this.#grants.keys().next().value ?? '');
		return code;
	}

	/** The grant of a code, which is used up even if `redirectUri` or `verifier` is wrong; null unless everything is right. */
	redeem(code: string, redirectUri: string, verifier: string): Grant | null {
		const made = this.#grants.get(code);
		this.#grants.delete(code);
		if (!made || made.ends <= this.#clock.now() || made.grant.redirectUri !== redirectUri) return null;
		return provesChallenge(verifier, made.grant.challenge) ? made.grant : null;
	}
}

/** RFC 7636, section 4.6, for S256. */
function provesChallenge(verifier: string, challenge: string): boolean {
	if (!VERIFIER.test(verifier)) return false;
	return timingSafeEqual(hash('sha256', verifier, 'buffer'), Buffer.from(challenge, 'base64url'));
}
