import { eq } from 'drizzle-orm';
import { GraphQLError } from 'graphql';
import { jwtVerify, SignJWT } from 'jose';
import { db } from './database.ts';
import { tokenSecret } from './settings.ts';
import { people } from './tables.ts';

export type Person = typeof people.$inferSelect;

export interface Context {
	/** null for a request without a valid token. */
	readonly person: Person | null;
}

export const signToken = (person: Pick<Person, 'id'>): Promise<string> =>
	new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(person.id).setExpirationTime('12h').sign(tokenSecret);

/** Reads the person for each request: the token identifies the person, and the database has the role. */
export async function createContext(authorization: string | undefined): Promise<Context> {
	const token = authorization?.replace(/^Bearer /, '');
	if (!token) return { person: null };
	try {
		const { payload } = await jwtVerify(token, tokenSecret, { algorithms: ['HS256'] });
		const [person] = await db
			.select()
			.from(people)
			.where(eq(people.id, payload.sub ?? ''));
		return { person: person ?? null };
	} catch {
		return { person: null };
	}
}

export function signedIn({ person }: Context): Person {
	if (!person) throw refused('UNAUTHENTICATED', 'Sign in.');
	return person;
}

/** @throws GraphQLError FORBIDDEN for any other role. */
export function allowed(context: Context, ...roles: Person['role'][]): Person {
	const person = signedIn(context);
	if (!roles.includes(person.role)) throw refused('FORBIDDEN', `This is for ${roles.join(' and ')}.`);
	return person;
}

export const refused = (code: string, message: string): GraphQLError =>
	new GraphQLError(message, { extensions: { code } });
