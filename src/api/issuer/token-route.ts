import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { discardBody, refuseOtherMethods } from '../http/index.ts';
import { PAGES_CLIENT } from './authorization-request.ts';
import type { Codes, Grant } from './codes.ts';
import { formOf } from './forms.ts';
import { ownOriginOf } from './own-origin.ts';

/** What signs the tokens: the built-in issuer. Times are in seconds, `authTime` since 1970. */
export interface TokenSigner {
	/** An access token for the API. It says that `email` is verified, which an invitation may demand. */
	issueToken(wanted: {
		readonly subject: string;
		readonly email: string;
		readonly seconds: number;
		readonly client: string;
		readonly authTime: number;
	}): Promise<string>;
	/** An ID token, which the API refuses. */
	issueIdToken(wanted: {
		readonly issuer: string;
		readonly client: string;
		readonly subject: string;
		readonly email: string;
		readonly seconds: number;
		readonly authTime: number;
		readonly nonce: string | null;
	}): Promise<string>;
	/** The public keys. */
	readonly jwks: { readonly keys: readonly object[] };
}

export interface TokenRouteParts {
	readonly codes: Codes;
	readonly signer: TokenSigner;
	/** Lifetime of an access token in seconds. */
	readonly seconds: number;
}

type Refusal = readonly [error: string, description: string];

/** Exchanges a code for tokens (RFC 6749, sections 4.1.3 and 5). The client is public, so that only PKCE proves it. */
export function addTokenRoute(app: FastifyInstance, path: string, parts: TokenRouteParts): void {
	app.register(async (scope) => {
		scope.setErrorHandler<FastifyError>((error, request, reply) => {
			// A mistake of this program is answered, and logged, like everywhere else.
			if (error.statusCode === undefined || error.statusCode >= 500) throw error;
			discardBody(request.raw, reply.raw);
			return refuse(reply, ['invalid_request', 'Send a small form in UTF-8.'], error.statusCode);
		});
		scope.post(path, async (request, reply) => {
			const origin = ownOriginOf(request);
			// Browsers send the origin of the page with every POST.
			if (origin === null || (request.headers.origin ?? origin) !== origin)
				return refuse(reply, ['invalid_request', 'Only pages of this server get tokens here.'], 403);
			if (request.headers.authorization !== undefined)
				return refuse(reply.header('www-authenticate', 'Basic'), ['invalid_client', 'The client has no secret.'], 401);
			const redeemed = redeem(parts.codes, formOf(request));
			return 'grant' in redeemed ? sendTokens(reply, parts, redeemed.grant) : refuse(reply, redeemed.refusal);
		});
		refuseOtherMethods(scope, path, ['POST']);
	});
}

function redeem(codes: Codes, form: URLSearchParams): { readonly grant: Grant } | { readonly refusal: Refusal } {
	const names = [...form.keys()];
	if (new Set(names).size !== names.length)
		return { refusal: ['invalid_request', 'A parameter is sent more than once.'] };
	if (form.get('client_id') !== PAGES_CLIENT) return { refusal: ['invalid_client', 'The client is not known.'] };
	if (form.get('grant_type') !== 'authorization_code')
		return { refusal: ['unsupported_grant_type', 'grant_type must be authorization_code.'] };
	const [code, redirectUri, verifier] = [form.get('code'), form.get('redirect_uri'), form.get('code_verifier')];
	if (code === null || redirectUri === null || verifier === null)
		return { refusal: ['invalid_request', 'code, redirect_uri and code_verifier are required.'] };
	const grant = codes.redeem(code, redirectUri, verifier);
	// One sentence for every reason.
	return grant
		? { grant }
		: { refusal: ['invalid_grant', 'The code is used up, expired, or not for this page: sign in again.'] };
}

async function sendTokens(
	reply: FastifyReply,
	{ signer, seconds }: TokenRouteParts,
	{ issuer, subject, email, authTime, nonce }: Grant,
): Promise<FastifyReply> {
	const about = { subject, email, seconds, authTime, client: PAGES_CLIENT };
	return sendJson(reply, 200, {
		access_token: await signer.issueToken(about),
		id_token: await signer.issueIdToken({ ...about, issuer, nonce }),
		token_type: 'Bearer',
		expires_in: seconds,
		scope: 'openid',
	});
}

const refuse = (reply: FastifyReply, [error, description]: Refusal, status = 400): FastifyReply =>
	sendJson(reply, status, { error, error_description: description });

/** Not JSON of the API's errors: OAuth has its own (RFC 6749, section 5.2). */
const sendJson = (reply: FastifyReply, status: number, body: object): FastifyReply =>
	reply.code(status).headers({ 'cache-control': 'no-store', pragma: 'no-cache' }).send(body);
