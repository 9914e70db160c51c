import { openWebhook } from '../adapters/webhook/index.ts';
import type { Webhook } from '../alerts/deliveries/index.ts';
import type { Config } from '../config/index.ts';

/** null if the settings name no webhook. */
export const openWebhookOf = ({ webhook }: Config): Webhook | null =>
	webhook && openWebhook({ url: webhook.url.expose(), secret: webhook.secret.expose() });
