import type { Config } from '../../config/index.ts';

const TWELVE_HOURS = 12 * 60 * 60;

/** Seconds that a token of the built-in issuer lasts when a person is given it: twelve hours, where the settings let it. */
export const tokenLifetime = ({ tokenRules }: Pick<Config, 'tokenRules'>): number =>
	Math.min(TWELVE_HOURS, tokenRules.maxLifeSeconds);
