import * as oauth from 'oauth4webapi';

/** RFC 6749, section 4.1.2.1, but short. Anyone can make a link with any text there, so nothing else of an answer is shown. */
const ERROR_CODE = /^[a-z_]{1,40}$/;

const NOT_OURS = 'The answer does not belong to this sign-in, so it was not used: try again.';
const TOO_OLD = 'The sign-in service answered with an older sign-in than this page asked for: try again.';

/** Says to a person why an answer of the sign-in service was not accepted. Other errors, such as that of the network, stay as they are. */
export function asSentence(error: unknown): unknown {
	if (error instanceof oauth.AuthorizationResponseError)
		return new Error(`The sign-in service did not let you in${codeOf(error)}.`, { cause: error });
	if (error instanceof oauth.ResponseBodyError)
		return new Error(`The sign-in service refused its own answer${codeOf(error)}: try again.`, { cause: error });
	if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)
		return new Error(isTooOld(error) ? TOO_OLD : NOT_OURS, { cause: error });
	return error;
}

const codeOf = ({ error }: { readonly error: string }): string => (ERROR_CODE.test(error) ? ` (${error})` : '');

/** Whether the person signed in before the time that the attempt asked for. */
const isTooOld = ({ cause }: Error): boolean =>
	typeof cause === 'object' && cause !== null && 'claim' in cause && cause.claim === 'auth_time';
