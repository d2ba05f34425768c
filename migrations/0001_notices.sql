CREATE TABLE `network_pauses` (
	`account_id` text NOT NULL,
	`call` text NOT NULL,
	`reason` text NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`account_id`, `call`, `reason`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `mail_outages` (
	`id` integer PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`reason` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `mails` ADD `cause` text;--> statement-breakpoint
ALTER TABLE `mails` ADD `items` text;--> statement-breakpoint
CREATE INDEX `mails_cause` ON `mails` (`person_id`,`cause`,`created_at`);