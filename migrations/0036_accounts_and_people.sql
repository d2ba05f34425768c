CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `passkeys_person` ON `passkeys` (`person_id`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `paused_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `paused_by` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `pause_reason` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `retired_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `retired_by` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `pages_after` text DEFAULT 'stay' NOT NULL;--> statement-breakpoint
ALTER TABLE `accounts` ADD `passkey_for_leads` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `people` ADD `owner` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `people` ADD `deleted_at` integer;--> statement-breakpoint
UPDATE `people` SET `owner` = true WHERE `id` = (SELECT `people`.`id` FROM `people` JOIN `roles` ON `roles`.`person_id` = `people`.`id` WHERE `roles`.`role` = 'lead' ORDER BY `people`.`created_at`, `people`.`id` LIMIT 1);
