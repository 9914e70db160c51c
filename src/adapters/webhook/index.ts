export { openWebhook } from './http-webhook.ts';
