export { type DeliveredBatch, deliverBatch } from './deliver-batch.ts';
export { STOPPED, type Webhook, type WebhookMessage, type WebhookOutcome } from './webhook.ts';
