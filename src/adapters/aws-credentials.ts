import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

export interface OwnCredentials {
	readonly region: string;
	/** Where STS is that gives some of them, when it isn't the cloud's own; null: the region's. */
	readonly sts: string | null;
}

/**
 * Of a client: where its service is, the settings alone say, and they refuse http:// to another machine. AWS's shared configuration files may
 * name any place as `endpoint_url`, which its clients otherwise take.
 */
export const BY_SETTINGS_ALONE = { ignoreConfiguredEndpointUrls: true } as const;

/** The process's own credentials, found as the cloud's clients find them everywhere. */
export const findCredentials = ({ region, sts }: OwnCredentials) =>
	fromNodeProviderChain({
		// The chain makes clients of several services, so it can't be given one's endpoint: of STS it finds that in the environment, before any file.
		clientConfig: { region, ...(sts === null && BY_SETTINGS_ALONE) },
	});
