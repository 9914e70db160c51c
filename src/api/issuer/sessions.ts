import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import type { RedirectPath } from './authorization-request.ts';

/** A person's sign-in. */
export interface SignIn {
	readonly email: string;
	/** The time of the last click, in seconds since 1970. */
	readonly authTime: number;
}

/** The last sign-in of each page of a browser. */
type Session = ReadonlyMap<RedirectPath, SignIn>;

/** Milliseconds for which a session is valid. */
const LIFE = 12 * 60 * 60 * 1000;
/** Sessions at once. Beyond it the oldest ends. */
const MOST = 1_000;

/** Sessions of browsers, in memory: a restart ends all. */
export class Sessions {
	readonly #clock: Pick<Clock, 'now'>;
	readonly #sessions = new Map<string, { readonly session: Session; readonly ends: number }>();

	constructor(clock: Pick<Clock, 'now'>) {
		this.#clock = clock;
	}

	/** The person who is signed in at a page: if `hint` names a person of this session, that one. Null if there is none. */
	find(request: FastifyRequest, path: RedirectPath, hint: string | null): SignIn | null {
		const session = this.#sessionOf(request);
		const hinted = [...session.values()].find(({ email }) => email === hint);
		return hinted ?? session.get(path) ?? null;
	}

	/** Signs a person in at a page, under a new id. Returns the cookie. */
	signIn(request: FastifyRequest, path: RedirectPath, signIn: SignIn): string {
		const session = new Map(this.#sessionOf(request));
		// A fresh sign-in counts at every page where this person is signed in.
		for (const [at, { email }] of session) if (email === signIn.email) session.set(at, signIn);
		session.set(path, signIn);
		this.#forget(request);
		const id = randomBytes(32).toString('base64url');
		this.#sessions.set(id, { session, ends: this.#clock.now() + LIFE });
		if (this.#sessions.size > MOST) this.#sessions.delete(this.#sessions.keys().next().value ?? '');
		return cookie(request, id);
	}

	/** Ends the session. Returns the cookie that removes the browser's. */
	signOut(request: FastifyRequest): string {
		this.#forget(request);
		return `${cookie(request, '')}; Max-Age=0`;
	}

	#sessionOf(request: FastifyRequest): Session {
		const kept = this.#sessions.get(idOf(request));
		return kept && kept.ends > this.#clock.now() ? kept.session : new Map();
	}

	#forget(request: FastifyRequest): void {
		this.#sessions.delete(idOf(request));
	}
}

/** Servers at other ports of a host share its cookies, so that the name has the port. */
const nameOf = ({ raw }: FastifyRequest): string => `firmseal_issuer_${raw.socket.localPort}`;

function cookie(request: FastifyRequest, id: string): string {
	const secure = 'encrypted' in request.raw.socket ? '; Secure' : '';
	return `${nameOf(request)}=${id}; Path=/issuer; HttpOnly; SameSite=Lax${secure}`;
}

function idOf(request: FastifyRequest): string {
	const start = `${nameOf(request)}=`;
	const cookies = (request.headers.cookie ?? '').split(';').map((each) => each.trim());
	return cookies.find((each) => each.startsWith(start))?.slice(start.length) ?? '';
}
