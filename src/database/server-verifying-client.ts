import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import pg from 'pg';

/** Requests by which a server learns the password, or can guess it. */
const PASSWORD_REVEALING_REQUESTS = ['authenticationCleartextPassword', 'authenticationMD5Password'] as const;

/** RFC 7677. With fewer iterations, a server can guess the password from the client's proof faster. */
const MIN_ITERATIONS = 4096;
/** The driver's own limit. An unknown server decides how long this process computes the proof. */
const MAX_ITERATIONS = 100_000;
/** Bytes that a server may send before sign-in ends: its settings or an error. The driver itself has no limit. */
const MAX_BYTES = 64 * 1024;
/** The first message of PostgreSQL and PgBouncer. It has one iteration count, so the driver cannot read a different one. */
const SERVER_FIRST = /^r=[^,]+,s=[^,]+,i=([1-9]\d*)$/;

type Done = (error: Error | null) => void;

/**
 * The driver answers any authentication request, and accepts a server that requests nothing. So a program that takes the port of a stopped
 * PostgreSQL would get the password. If no certificate is verified, this client requires the server to prove by SCRAM that it knows the
 * password, as libpq does with require_auth=scram-sha-256.
 */
export class ServerVerifyingClient extends pg.Client {
	#isProven = false;
	/** Signed in, or refused. After an error the driver would still accept the server's OK and answer its requests. */
	#isDone = false;

	constructor(config?: string | pg.ClientConfig) {
		super(config);
		const { connection } = this as unknown as { connection: { attachListeners(stream: Listening): void } };
		const attach = connection.attachListeners.bind(connection);
		connection.attachListeners = (stream) => attach(endsWhenUnread(stream as Duplex, () => this.#isDone));
	}

	override connect(): Promise<this>;
	override connect(done: Done): void;
	override connect(done?: Done): unknown {
		if (done) return this.#connect(done);
		return new Promise((resolve, reject) => this.#connect((error) => (error ? reject(error) : resolve(this))));
	}

	#connect(done: Done): void {
		const settle: Done = (error) => {
			if (this.#isDone) return;
			this.#isDone = true;
			// The driver keeps the connection after a failed sign-in, which would keep the process running.
			if (error) this.connection.stream.destroy();
			done(error);
		};
		super.connect((error: Error | null) => settle(error ?? this.#refusal()));
		for (const asks of PASSWORD_REVEALING_REQUESTS)
			this.#guard(asks, settle, () => (this.#isVerified() ? null : serverUnverified()));
		let challenges = 0;
		// Each challenge costs the work of its iterations, on the threads that files and DNS also use. A server needs only one challenge.
		this.#guard('authenticationSASLContinue', settle, ({ data }) =>
			++challenges > 1 ? serverUnverified() : this.#refusalOfCount(data),
		);
		// The driver has verified the signature before, and has reported an error if it is wrong.
		this.connection.once('authenticationSASLFinal', () => {
			this.#isProven = !this.#isDone;
		});
	}

	/** Without a password the server lets anyone in, and there is nothing to prove. */
	#refusal(): Error | null {
		return this.password && !this.#isProven && !this.#isVerified() ? serverUnverified() : null;
	}

	/** A server with a verified certificate may use few iterations, since it may even request the password itself. */
	#refusalOfCount(message = ''): Error | null {
		const count = SERVER_FIRST.exec(message)?.[1];
		if (count === undefined) return this.#isVerified() ? null : serverUnverified();
		const isTooFew = Number(count) < MIN_ITERATIONS && !this.#isVerified();
		return isTooFew || Number(count) > MAX_ITERATIONS ? iterationsOutOfRange() : null;
	}

	/** Lets the driver answer a request only if this request and all before it are acceptable. */
	#guard(asks: string, settle: Done, refusalOf: (message: Asking) => Error | null): void {
		const answers = this.connection.listeners(asks);
		this.connection.removeAllListeners(asks).on(asks, (message) => {
			if (this.#isDone) return;
			const refusal = refusalOf(message);
			if (refusal) return settle(refusal);
			for (const answer of answers) answer(message);
		});
	}

	/** Whether the certificate is verified, for the server's name. `sslmode=no-verify` encrypts, but to any server. */
	#isVerified(): boolean {
		return (this.connection.stream as TLSSocket).authorized === true;
	}
}

/** `data`: the text of a SCRAM message. */
type Asking = { readonly data?: string };

type Listening = Pick<NodeJS.ReadableStream, 'on'>;

/**
 * The stream that the driver reads. A message that the driver cannot read, for example more text than a string can hold, ends the connection and
 * not the process. Until `isDone`, the driver gets at most MAX_BYTES, because an unknown server could fill the memory.
 */
function endsWhenUnread(stream: Duplex, isDone: () => boolean): Listening {
	let bytes = 0;
	return {
		on(event: string, listener: (...of: unknown[]) => void) {
			stream.on(event, (...of: unknown[]) => {
				if (event === 'data' && !isDone()) bytes += (of[0] as Buffer).length;
				try {
					if (bytes > MAX_BYTES && !isDone()) throw serverUnverified();
					listener(...of);
				} catch (error) {
					stream.destroy(error as Error);
				}
			});
			return this as never;
		},
	};
}

const serverUnverified = () =>
	Object.assign(new Error('The server has not proven that it knows the password.'), { code: 'ERR_UNPROVEN' });

const iterationsOutOfRange = () =>
	Object.assign(
		new Error(`The server requests fewer than ${MIN_ITERATIONS} iterations, or more than ${MAX_ITERATIONS}.`),
		{ code: 'ERR_SCRAM_ITERATIONS' },
	);
