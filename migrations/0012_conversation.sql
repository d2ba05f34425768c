CREATE TABLE `conversation_readings` (
	`person_id` text NOT NULL,
	`week_id` text NOT NULL,
	`read_until` integer NOT NULL,
	PRIMARY KEY(`person_id`, `week_id`),
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `help_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`week_id` text,
	`post_id` text NOT NULL,
	`state` text NOT NULL,
	`asked_by` text NOT NULL,
	`asked_at` integer NOT NULL,
	`note` text NOT NULL,
	`evidence` text,
	`taken_by` text,
	`taken_at` integer,
	`closed_by` text,
	`closed_at` integer,
	`word` text DEFAULT '' NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`post_id`) REFERENCES `posts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`asked_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`taken_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`closed_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `help_requests_open` ON `help_requests` (`post_id`) WHERE "help_requests"."state" <> 'closed';--> statement-breakpoint
CREATE INDEX `help_requests_account` ON `help_requests` (`account_id`,`state`);--> statement-breakpoint
CREATE INDEX `help_requests_week` ON `help_requests` (`week_id`,`asked_at`);--> statement-breakpoint
CREATE TABLE `hidings` (
	`post_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`hidden` integer NOT NULL,
	`state` text NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`not_before` integer,
	`trouble` text,
	`stuck_at` integer,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`post_id`) REFERENCES `posts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `hidings_state` ON `hidings` (`state`,`not_before`);--> statement-breakpoint
CREATE TABLE `standard_answer_decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`answer_id` text NOT NULL,
	`revision` integer NOT NULL,
	`kind` text NOT NULL,
	`person_id` text NOT NULL,
	`own_work` integer DEFAULT false NOT NULL,
	`comment` text NOT NULL,
	`fingerprint` text NOT NULL,
	`frozen` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`answer_id`) REFERENCES `standard_answers`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `standard_answer_decisions_answer` ON `standard_answer_decisions` (`answer_id`,`at`);--> statement-breakpoint
CREATE TABLE `standard_answer_sendings` (
	`draft_id` text PRIMARY KEY NOT NULL,
	`answer_id` text NOT NULL,
	`decision_id` text NOT NULL,
	`post_id` text NOT NULL,
	FOREIGN KEY (`draft_id`) REFERENCES `drafts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`answer_id`) REFERENCES `standard_answers`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decision_id`) REFERENCES `standard_answer_decisions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`post_id`) REFERENCES `posts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `standard_answer_sendings_post` ON `standard_answer_sendings` (`post_id`);--> statement-breakpoint
CREATE TABLE `standard_answers` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`title` text NOT NULL,
	`text` text NOT NULL,
	`revision` integer NOT NULL,
	`state` text NOT NULL,
	`written_by` text NOT NULL,
	`written_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`written_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `standard_answers_account` ON `standard_answers` (`account_id`,`state`);--> statement-breakpoint
ALTER TABLE `posts` ADD `left_at` integer;--> statement-breakpoint
ALTER TABLE `posts` ADD `left_by` text REFERENCES people(id);--> statement-breakpoint
ALTER TABLE `posts` ADD `hidden_at` integer;--> statement-breakpoint
ALTER TABLE `posts` ADD `hidden_by` text REFERENCES people(id);