import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

export interface OwnCredentials {
	readonly region: string;
	/** URL of STS, which some credential sources call; null for the endpoint of the region. */
	readonly sts: string | null;
}

/**
 * Client option: ignore `endpoint_url` in AWS's shared configuration files. Only Firmseal's settings name endpoints, because they refuse
 * http:// to another machine.
 */
export const BY_SETTINGS_ALONE = { ignoreConfiguredEndpointUrls: true } as const;

/** The process's own credentials, from the default provider chain of the AWS SDK. */
export const findCredentials = ({ region, sts }: OwnCredentials) =>
	fromNodeProviderChain({
		// The chain makes clients of several services, so it can't be given the endpoint of one. It reads the endpoint of STS from the
		// environment, before any file.
		clientConfig: { region, ...(sts === null && BY_SETTINGS_ALONE) },
	});
