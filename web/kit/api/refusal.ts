import { ServerError } from '@apollo/client/errors';

/** A refusal of a file route as an error, which failureOf() can read. */
export async function refusalOf(response: Response): Promise<ServerError> {
	return new ServerError(`The server refused (${response.status}).`, { response, bodyText: await response.text() });
}
