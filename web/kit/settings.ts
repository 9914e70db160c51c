/** What the pages must know about their installation. The API serves it; on a static host the deployer writes it. */
export interface PageSettings {
	/** Origin of the API, without a slash at the end; empty for the origin of the page. */
	readonly api: string;
	/** The issuer as its discovery document names it; a path for an issuer on the page's own origin. */
	readonly issuer: string;
	/** The client id of these pages at the issuer. */
	readonly client: string;
	/** Scopes to ask for, separated by blanks. */
	readonly scope: string;
	/** The audience that the API expects in an access token. */
	readonly audience: string;
}

const NAMES = ['api', 'issuer', 'client', 'scope', 'audience'] as const;

/** @throws Error if the settings are missing or incomplete */
export async function loadSettings(): Promise<PageSettings> {
	const answer = await fetch('/assets/config.json');
	if (!answer.ok)
		throw new Error('The settings of the pages (/assets/config.json) are missing: add them to the web server.');
	const settings: unknown = await answer.json();
	const wrong = NAMES.find((name) => typeof (settings as Record<string, unknown> | null)?.[name] !== 'string');
	if (wrong) throw new Error(`The settings of the pages (/assets/config.json) have no "${wrong}": add it.`);
	return settings as PageSettings;
}
