import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import pg from 'pg';

/** What a server can ask for to learn the password, or to guess it. */
const PASSWORD_REVEALING_REQUESTS = ['authenticationCleartextPassword', 'authenticationMD5Password'] as const;

/** RFC 7677: with fewer iterations, who has asked for the proof guesses the password from it that much faster. */
const MIN_ITERATIONS = 4096;
/** The driver's own limit: the proof keeps this process for as long as a stranger says. */
const MAX_ITERATIONS = 100_000;
/** Bytes that a server may send before a person is signed in: it says its settings, and perhaps why not. The driver reads whatever comes. */
const MAX_BYTES = 64 * 1024;
/** PostgreSQL's and PgBouncer's first message. It says its count once, so that the driver reads no other. */
const SERVER_FIRST = /^r=[^,]+,s=[^,]+,i=([1-9]\d*)$/;

type Done = (error: Error | null) => void;

/**
 * The driver answers in whatever way it is asked, and takes a server for signed in to that asks for nothing: so a program that takes the
 * port of a PostgreSQL which is away gets the password. Where no certificate is verified, the server has to prove by SCRAM that it knows
 * the password, as libpq has it do for require_auth=scram-sha-256.
 */
export class ServerVerifyingClient extends pg.Client {
	#isProven = false;
	/** Signed in, or refused. After an error, the driver still takes the word of the server that all is well, and answers what it asks. */
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
			// The driver keeps a connection that it couldn't sign in on, and the process would go on with it.
			if (error) this.connection.stream.destroy();
			done(error);
		};
		super.connect((error: Error | null) => settle(error ?? this.#refusal()));
		for (const asks of PASSWORD_REVEALING_REQUESTS)
			this.#guard(asks, settle, () => (this.#isVerified() ? null : serverUnverified()));
		let challenges = 0;
		// Each costs this process the work of its iterations, on threads that files and names wait for too: a server needs one.
		this.#guard('authenticationSASLContinue', settle, ({ data }) =>
			++challenges > 1 ? serverUnverified() : this.#refusalOfCount(data),
		);
		// By now the driver has compared the signature, and said if it is wrong.
		this.connection.once('authenticationSASLFinal', () => {
			this.#isProven = !this.#isDone;
		});
	}

	/** Without a password, the server lets in who comes, and there is nothing to prove. */
	#refusal(): Error | null {
		return this.password && !this.#isProven && !this.#isVerified() ? serverUnverified() : null;
	}

	/** A server whose certificate is verified may ask for little: it is sent the password itself, too. */
	#refusalOfCount(message = ''): Error | null {
		const count = SERVER_FIRST.exec(message)?.[1];
		if (count === undefined) return this.#isVerified() ? null : serverUnverified();
		const isTooFew = Number(count) < MIN_ITERATIONS && !this.#isVerified();
		return isTooFew || Number(count) > MAX_ITERATIONS ? iterationsOutOfRange() : null;
	}

	/** The driver answers only if nothing is wrong with what it is asked, and nothing was before. */
	#guard(asks: string, settle: Done, refusalOf: (message: Asking) => Error | null): void {
		const answers = this.connection.listeners(asks);
		this.connection.removeAllListeners(asks).on(asks, (message) => {
			if (this.#isDone) return;
			const refusal = refusalOf(message);
			if (refusal) return settle(refusal);
			for (const answer of answers) answer(message);
		});
	}

	/** Its certificate, for its name: `sslmode=no-verify` encrypts, for anyone. */
	#isVerified(): boolean {
		return (this.connection.stream as TLSSocket).authorized === true;
	}
}

/** `data`: the text of a message of SCRAM. */
type Asking = { readonly data?: string };

type Listening = Pick<NodeJS.ReadableStream, 'on'>;

/**
 * What the driver reads its answers from. One that it can't read, as of more text than a string holds, ends the connection and not the
 * process. Of a stranger it would also read what no memory holds: until `isDone`, so much is never given to it.
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
	Object.assign(new Error('The server does not prove that it knows the password.'), { code: 'ERR_UNPROVEN' });

const iterationsOutOfRange = () =>
	Object.assign(
		new Error(`The server asks for fewer than ${MIN_ITERATIONS} iterations, or more than ${MAX_ITERATIONS}.`),
		{
			code: 'ERR_SCRAM_ITERATIONS',
		},
	);
