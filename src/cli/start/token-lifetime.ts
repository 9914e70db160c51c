import type { Config } from '../../config/index.ts';

const TWELVE_HOURS = 12 * 60 * 60;

/** Lifetime in seconds of a token that the built-in issuer gives a person: twelve hours, or less if the settings say so. */
export const tokenLifetime = ({ tokenRules }: Pick<Config, 'tokenRules'>): number =>
	Math.min(TWELVE_HOURS, tokenRules.maxLifeSeconds);
