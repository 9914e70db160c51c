/** The client of the pages. It is public: it has no secret. */
export const PAGES_CLIENT = 'firmseal-pages';

/** Where the pages receive a code. The last one is for a fresh sign-in in a window of its own. */
const REDIRECT_PATHS = ['/', '/operator', '/assets/signed-in.html'] as const;

export type RedirectPath = (typeof REDIRECT_PATHS)[number];

/** A valid authorization request (OpenID Connect Core, section 3.1.2.1). */
export interface AuthorizationRequest {
	/** The origin that was asked; the issuer is below it. */
	readonly origin: string;
	readonly path: RedirectPath;
	readonly state: string | null;
	readonly nonce: string | null;
	/** The PKCE challenge, for S256. */
	readonly challenge: string;
	readonly prompt: ReadonlySet<string>;
	/** Seconds. */
	readonly maxAge: number | null;
	readonly loginHint: string | null;
}

export type ReadAuthorization =
	| { readonly request: AuthorizationRequest }
	/** An answer to the page that asked. */
	| { readonly redirect: string }
	/** No page can be told: the sentence is for the person. */
	| { readonly refusal: string };

interface Target {
	readonly origin: string;
	readonly path: RedirectPath;
	readonly state: string | null;
}

export const issuerAt = (origin: string): string => `${origin}/issuer`;

/** The address of the page with an answer. `iss` names the issuer that answered (RFC 9207). */
export function redirectTo({ origin, path, state }: Target, answer: Readonly<Record<string, string>>): string {
	const parameters = new URLSearchParams({ ...answer, ...(state !== null && { state }), iss: issuerAt(origin) });
	return `${origin}${path}?${parameters}`;
}

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const PROMPTS = new Set(['none', 'login', 'consent', 'select_account']);
/** Characters of a value that is kept or repeated. */
const MOST_CHARACTERS = 1024;
const UNSUPPORTED = {
	request: 'request_not_supported',
	request_uri: 'request_uri_not_supported',
	registration: 'registration_not_supported',
} as const;

/**
 * Reads a request that was sent to `origin`. Only if client and redirect URI are right is a mistake reported to the page (RFC 6749,
 * section 4.1.2.1).
 */
export function readAuthorization(parameters: URLSearchParams, origin: string): ReadAuthorization {
	const one = (name: string) => (parameters.getAll(name).length === 1 ? parameters.get(name) : null);
	if (one('client_id') !== PAGES_CLIENT)
		return { refusal: `The page that sent you here is not known: its client_id must be ${PAGES_CLIENT}.` };
	const path = REDIRECT_PATHS.find((each) => one('redirect_uri') === origin + each);
	if (path === undefined)
		return { refusal: 'The page that sent you here does not belong to this server: open it again at its own address.' };
	const target = { origin, path, state: one('state') };
	const problem = findProblem(parameters);
	if (problem) {
		const [error, description] = problem;
		return { redirect: redirectTo(target, { error, error_description: description }) };
	}
	const maxAge = one('max_age');
	return {
		request: {
			...target,
			nonce: one('nonce'),
			challenge: one('code_challenge') ?? '',
			prompt: promptsOf(parameters),
			maxAge: maxAge === null ? null : Number(maxAge),
			loginHint: one('login_hint'),
		},
	};
}

const promptsOf = (parameters: URLSearchParams): ReadonlySet<string> =>
	new Set((parameters.get('prompt') ?? '').split(' ').filter((each) => each !== ''));

/** The first mistake, as error and description; null if there is none. */
function findProblem(parameters: URLSearchParams): readonly [string, string] | null {
	const invalid = (description: string) => ['invalid_request', description] as const;
	const names = [...parameters.keys()];
	if (new Set(names).size !== names.length) return invalid('A parameter is sent more than once.');
	if ([...parameters.values()].some((value) => value.length > MOST_CHARACTERS))
		return invalid(`A parameter has more than ${MOST_CHARACTERS} characters.`);
	for (const [name, error] of Object.entries(UNSUPPORTED))
		if (parameters.has(name)) return [error, `This issuer does not support ${name}.`];
	const value = (name: string) => parameters.get(name);
	if (value('response_type') === null) return invalid('response_type is missing.');
	if (value('response_type') !== 'code') return ['unsupported_response_type', 'response_type must be code.'];
	if (!['query', null].includes(value('response_mode'))) return invalid('response_mode must be query.');
	if (!(value('scope') ?? '').split(' ').includes('openid')) return ['invalid_scope', 'scope must include openid.'];
	if (value('code_challenge_method') !== 'S256') return invalid('code_challenge_method must be S256 (PKCE).');
	if (!CHALLENGE.test(value('code_challenge') ?? ''))
		return invalid('code_challenge must be a SHA-256 hash in base64url.');
	if (!/^\d{1,9}$/.test(value('max_age') ?? '0')) return invalid('max_age must be a number of seconds.');
	const prompts = promptsOf(parameters);
	if (![...prompts].every((each) => PROMPTS.has(each)) || (prompts.has('none') && prompts.size > 1))
		return invalid('prompt must be none, or some of login, consent and select_account.');
	return null;
}
