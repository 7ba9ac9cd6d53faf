import type { PaymentProvider } from './payment-provider.js';
import { SandboxProvider } from './sandbox-provider.js';
import { StripeProvider } from './stripe-provider.js';

export function providerFor(apiKey: string): PaymentProvider {
  return apiKey.startsWith('sk_test_') ? new SandboxProvider() : new StripeProvider(apiKey);
}
